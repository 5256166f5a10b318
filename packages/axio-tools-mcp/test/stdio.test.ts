import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { AxioError } from "axio";
import { callTool } from "test-support/call-tools";
import { isRunning } from "test-support/is-running";
import { describe, expect, it, vi } from "vitest";
import { folder, open, stdioServer } from "./support/run.ts";

const SECRET = "hunter2-hunter2";

describe("A server over standard input and output", () => {
  it("gives its tools, with their schemas as they are, and answers", async () => {
    const { mcp } = await open({ test: stdioServer() });
    expect(mcp.tools.find(({ name }) => name === "test__echo")).toMatchObject({
      description: "Says it again.",
      inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    });
    expect(mcp.tools.map(({ name }) => name)).toContain("test__dotted_name");
    expect(await callTool(mcp.tools, "test__echo", { text: "hello" })).toMatchObject({
      text: "hello",
      isError: false,
    });
    expect((await callTool(mcp.tools, "test__dotted_name")).text).toBe("dotted");
  });

  it("gives pictures as pictures, failures as failures, and long texts cut", async () => {
    const { mcp } = await open({ test: stdioServer() });
    expect((await callTool(mcp.tools, "test__picture")).content).toEqual([
      { type: "text", text: "A pixel:" },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: "iVBORw0K" } },
    ]);
    expect(await callTool(mcp.tools, "test__fail")).toMatchObject({
      text: "It did not work.",
      isError: true,
    });
    expect((await callTool(mcp.tools, "test__long")).text).toMatch(
      /^x{100000}\n\[… 900000 more characters left out …\]$/,
    );
  });

  it("is told of no variables but those of its config and the few that programs need", async () => {
    const env = { PATH: process.env["PATH"], HOME: "/home/ada", GITHUB_TOKEN: "not for it", LANG: "C" };
    const { mcp } = await open({ test: stdioServer({ env: { OWN: "1" } }) }, { env });
    const { text } = await callTool(mcp.tools, "test__variables");
    expect(JSON.parse(text)).toMatchObject({ OWN: "1", HOME: "/home/ada", LANG: "C" });
    expect(text).not.toContain("not for it");
  });

  it("asks before each call, with what the server says of the tool, under a key of the tool", async () => {
    const { mcp, asked } = await open(
      { test: stdioServer() },
      { answer: { allowed: false, reason: "Not now." } },
    );
    expect(await callTool(mcp.tools, "test__echo", { text: "hi" })).toMatchObject({
      text: "Denied: Not now.",
      isError: true,
    });
    await callTool(mcp.tools, "test__fail");
    expect(asked).toMatchObject([
      {
        title: "Call echo of the MCP server test",
        detail: { type: "text", text: '{\n  "text": "hi"\n}\nThe server says: it only reads.' },
        key: "mcp:test:echo",
        covers: "every call of echo",
      },
      { key: "mcp:test:fail", detail: { text: "{}\nThe server says: it may destroy something." } },
    ]);
  });

  it("asks with what would command a terminal written out", async () => {
    const { mcp, asked } = await open({ test: stdioServer() }, { answer: { allowed: false } });
    await callTool(mcp.tools, "test__echo", { text: "\x1b[2J\x9b\u202e" });
    expect(asked[0]?.detail).toMatchObject({ text: expect.stringContaining('"\\u001b[2J\\u009b\\u202e"') });
  });

  it("does not ask for what the config allows: named tools, and those that only read", async () => {
    const trusting = { alwaysAllow: ["fail"], trustReadOnly: true };
    const { mcp, asked } = await open({ test: stdioServer(trusting) });
    await callTool(mcp.tools, "test__echo", { text: "hi" });
    await callTool(mcp.tools, "test__fail");
    expect(asked).toEqual([]);
    await callTool(mcp.tools, "test__where");
    expect(asked).toHaveLength(1);
  });

  it("is not bothered with arguments that do not fit", async () => {
    const { mcp, asked } = await open({ test: stdioServer() });
    const { text, isError } = await callTool(mcp.tools, "test__echo", { text: 1 });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The arguments of test__echo do not fit its schema/);
    expect(asked).toEqual([]);
  });

  it("shows progress, and is told of a call that was cancelled", async () => {
    const { mcp } = await open({ test: stdioServer() });
    const mark = join(await folder(), "mark");
    const controller = new AbortController();
    let seen = "";
    const run = callTool(
      mcp.tools,
      "test__wait",
      { mark },
      {
        signal: controller.signal,
        onShown: (shown) => {
          seen = shown;
          controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ code: "aborted" });
    expect(seen).toBe("1/2 half way\n");
    await vi.waitFor(() => expect(existsSync(mark)).toBe(true), { timeout: 20_000 });
    expect(readFileSync(mark, "utf8")).toBe("cancelled");
    expect((await callTool(mcp.tools, "test__echo", { text: "still here" })).text).toBe("still here");
  });

  it("may change its list of tools", async () => {
    const { mcp } = await open({ test: stdioServer() });
    await callTool(mcp.tools, "test__learn", { name: "poet" });
    await vi.waitFor(() => expect(mcp.tools.map(({ name }) => name)).toContain("test__poet"), {
      timeout: 20_000,
    });
    expect((await callTool(mcp.tools, "test__poet")).text).toBe("I am poet.");
  });

  it("may die in a call: the model is told, and the next call starts it again", async () => {
    const { mcp, warnings } = await open({ test: stdioServer() });
    const died = await callTool(mcp.tools, "test__exit");
    expect(died.isError).toBe(true);
    expect(died.text).toMatch(/^The MCP server "test" ended \(.*node\)\. Run it by hand to see why\.$/);
    await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 20_000 });
    expect(warnings[0]?.message).toBe(
      'The MCP server "test" has ended. It is started again with the next call of one of its tools.',
    );
    expect((await callTool(mcp.tools, "test__echo", { text: "back" })).text).toBe("back");
  });

  it.each(["close", "signal"])("ends with all that it has started: %s", async (way) => {
    const controller = new AbortController();
    const { mcp } = await open({ test: stdioServer() }, { signal: controller.signal });
    const pids = (await callTool(mcp.tools, "test__child")).text.split(" ").map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    if (way === "signal") controller.abort();
    await mcp.close();
    await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]), { timeout: 20_000 });
    expect((await callTool(mcp.tools, "test__echo", { text: "?" })).isError).toBe(true);
  });
});

describe("A server that does not start", () => {
  it("is named with the remedy, and the others work", async () => {
    const { mcp, warnings } = await open({
      missing: { command: "no-such-program-anywhere" },
      broken: { command: process.execPath, args: ["-e", "console.error('no database'); process.exit(1)"] },
      test: stdioServer(),
    });
    expect(warnings.map(({ message }) => message).sort()).toEqual([
      expect.stringMatching(
        /^The MCP server "broken" ended \(.*\)\. Run it by hand to see why\.\nIt said:\nno database$/,
      ),
      'The MCP server "missing" could not be started: there is no program no-such-program-anywhere. Check that it is installed and in PATH.',
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(["tools-unavailable", "tools-unavailable"]);
    expect((await callTool(mcp.tools, "test__echo", { text: "hi" })).text).toBe("hi");
  });

  it("is given up where it says nothing, and no process is left", async () => {
    const mark = join(await folder(), "pid");
    const script = `require('fs').writeFileSync(${JSON.stringify(mark)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const silent = { command: process.execPath, args: ["-e", script] };
    const { mcp, warnings } = await open({ silent }, { startTimeoutSeconds: 5 });
    expect(mcp.tools).toEqual([]);
    expect(warnings[0]?.message).toMatch(/"silent" did not answer in time\. Check that it speaks MCP/);
    const pid = Number(readFileSync(mark, "utf8"));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
  });

  it("keeps its secrets out of messages, causes and what is inspected", async () => {
    const script = "console.error(process.env.TOKEN, process.argv.at(-1)); process.exit(1)";
    const { warnings } = await open({
      leaky: {
        command: process.execPath,
        args: ["-e", script, "--", "--api-key", SECRET],
        env: { TOKEN: `token-${SECRET}` },
      },
      missing: { command: "no-such-program-anywhere", args: [`--token=${SECRET}`], env: { TOKEN: SECRET } },
    });
    expect(warnings).toHaveLength(2);
    for (const warning of warnings) {
      expect(AxioError.is(warning)).toBe(true);
      expect(inspect(warning, { depth: 10, showHidden: true })).not.toContain("hunter2");
    }
    expect(warnings.map(({ message }) => message).join("\n")).toContain("It said:\n*** ***");
  });
});
