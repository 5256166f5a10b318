import { AxioError } from "axio";
import type { ToolServer } from "axio/plugin";
import { expect, it } from "vitest";
import { startApp } from "./support/running-app.ts";

function server(name: string, more: Partial<ToolServer>): ToolServer {
  return { name, state: "ready", address: "npx", toolCount: 2, reconnect: async () => undefined, ...more };
}

it("lists the MCP servers with their state and why they failed, and connects one again", async () => {
  let tries = 0;
  const error = new AxioError("tools-unavailable", "The program uvx was not found. Install it.");
  const servers = [
    server("files", {}),
    server("slow", { state: "starting", address: "https://example.com/mcp" }),
    server("git", {
      state: "failed",
      error,
      reconnect: async () => {
        tries += 1;
        throw error;
      },
    }),
  ];
  const app = await startApp({ columns: 100, tools: () => [], servers });
  app.say("/mcp");
  const screen = await app.screen.shows(/MCP servers/);
  expect(screen).toMatch(/files .*2 tools, npx/);
  expect(screen).toMatch(/slow .*starting, https:\/\/example\.com\/mcp/);
  expect(screen).toMatch(/git .*failed: The program uvx was not found\. Install it\./);
  app.keyboard.type("git");
  app.keyboard.type("\r");
  await app.screen.shows(/Connecting to the MCP server git/);
  await app.screen.shows(/The program uvx was not found/);
  expect(tries).toBe(1);
});

it("connects a server again by its name, and says if it is unknown", async () => {
  let tries = 0;
  const reconnect = async () => {
    tries += 1;
  };
  const app = await startApp({ tools: () => [], servers: [server("files", { reconnect })] });
  app.say("/mcp files");
  await app.screen.shows(/files: 2 tools, npx/);
  expect(tries).toBe(1);
  app.say("/mcp nothing");
  await app.screen.shows(/There is no MCP server "nothing"/);
});

it("says in whole sentences how to add servers, on a narrow screen as well", async () => {
  const app = await startApp({ columns: 40, tools: () => [] });
  app.say("/mcp");
  const screen = await app.screen.shows("There are none.");
  expect(screen.replaceAll(/\s+/g, " ")).toContain("or to .mcp.json of the folder.");
});
