import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../support/project.ts";
import { runAxio } from "../support/run-axio.ts";

it("axio trust lists, grants and revokes what a folder brings", { timeout: 120_000 }, async () => {
  const root = await temporaryDirectory();
  const at = { folder: join(root, "project"), home: join(root, "home") };
  for (const folder of [at.folder, at.home]) await mkdir(folder);
  await writeFile(join(at.folder, "AGENTS.md"), "Say ahoy.\n");
  const server = { command: "run\u200bme", args: ["--fast"] };
  await writeFile(join(at.folder, ".mcp.json"), JSON.stringify({ mcpServers: { local: server } }));
  const states = async (...args: readonly string[]): Promise<unknown> => {
    const { stdout, code } = await runAxio(["trust", ...args, "--json"], at);
    expect(code).toBe(0);
    const { items } = JSON.parse(stdout) as { items: { kind: string; place: string; state: string }[] };
    return items.map(({ kind, place, state }) => `${kind} ${place} ${state}`);
  };
  const listed = await runAxio(["trust"], at);
  expect(listed.stdout).toBe(
    [
      `The folder ${at.folder} brings:`,
      "  MCP servers (are started, or get requests)",
      "    .mcp.json (new)",
      "      local: run\\u{200b}me --fast",
      "  Instructions (are followed by the model)",
      "    AGENTS.md (new)",
      "      1 line for the model",
      "",
      "Only what is trusted is used. axio trust grant trusts all of it.",
      "",
    ].join("\n"),
  );
  expect(await states("grant")).toEqual(["mcp .mcp.json trusted", "instructions AGENTS.md trusted"]);
  await appendFile(join(at.folder, "AGENTS.md"), "And more.\n");
  expect(await states()).toEqual(["mcp .mcp.json trusted", "instructions AGENTS.md changed"]);
  const plain = await runAxio(["Hello"], at);
  expect(plain.stderr).toContain(
    "Not used, because you do not trust it yet: instructions AGENTS.md (changed). See it: axio trust. Use it: axio trust grant.",
  );
  const elsewhere = await runAxio(["trust", "-C", at.home], at);
  expect(elsewhere.stdout).toContain(`The folder ${at.home} brings nothing.`);
  expect(elsewhere.stdout).toContain(`  ${at.folder}\n`);
  const revoked = await runAxio(["trust", "revoke", "-C", at.folder], { ...at, folder: at.home });
  expect(revoked.stdout).toBe(`Nothing of ${at.folder} is trusted any more.\n`);
  expect(await states()).toEqual(["mcp .mcp.json new", "instructions AGENTS.md new"]);
});
