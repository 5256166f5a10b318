import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { builtPackages } from "test-support/workspace/built-packages";
import { bundledPlugin } from "test-support/workspace/bundled-plugin";
import { describe, expect, it } from "vitest";
import { readMessage } from "../../src/rpc/message.ts";
import { readLines } from "../../src/rpc/read-lines.ts";
import { temporaryDirectory } from "../support/project.ts";

const PLUGIN = join(import.meta.dirname, "../../../../scripts/simulator-plugin");

describe("axio rpc", { timeout: 120_000 }, () => {
  it("serves a client in Python: prompts, permissions, stop, sessions and errors", async () => {
    const home = await temporaryDirectory();
    const plugin = join(await temporaryDirectory(), "plugin");
    await bundledPlugin(PLUGIN, plugin);
    const state = join(home, "axio");
    await mkdir(state);
    await writeFile(join(state, "settings.json"), JSON.stringify({ plugins: [plugin] }));
    const axio = [process.execPath, join(await builtPackages(), "axio-tui", "dist", "bin.js")];
    const { stdout } = await promisify(execFile)(
      "python3",
      [join(import.meta.dirname, "client.py"), home, "--", ...axio, "rpc"],
      { env: { PATH: process.env["PATH"], HOME: home, XDG_STATE_HOME: home }, maxBuffer: 10_000_000 },
    );
    const report = JSON.parse(stdout);
    expect(report.initialize).toMatchObject({ protocolVersion: 1, version: expect.any(String) });
    expect(report.deltas).toBe("Hello from Python");
    expect(report.streamed).toMatchObject({ type: "result", version: 1, text: "Hello from Python" });
    expect(report.asked).toMatchObject([{ type: "write", path: "note.txt" }]);
    expect(report.tool).toMatchObject({ text: "It is done.", denied: [] });
    expect(await readFile(join(home, "note.txt"), "utf8")).toBe("written");
    expect(report.denied.denied).toMatchObject([{ subject: { path: "other.txt" }, isUnattended: false }]);
    expect(report.stopped).toMatchObject({ endReason: "aborted", text: expect.stringMatching(/^word/) });
    expect(report.models).toBeGreaterThan(1);
    expect(report.selected).toMatchObject({ effort: "low" });
    expect(report.fork.sessionId).not.toBe(report.sessionId);
    expect(report.loaded).toBeGreaterThan(8);
    expect(report.listed).toEqual(expect.arrayContaining([report.sessionId, report.fork.sessionId]));
    expect(report.errors).toEqual([
      [null, -32700, expect.stringContaining("not JSON")],
      [null, -32600, expect.stringContaining("not an object")],
      [null, -32600, expect.stringContaining("The id")],
      ["a", -32601, expect.stringContaining('no method "dance"')],
      ["b", -32602, expect.stringContaining('no conversation "none"')],
      ["c", -32602, expect.stringContaining('no parameter "modle"')],
      ["d", -32602, expect.stringContaining('no provider "nowhere"')],
      ["e", -32602, expect.stringContaining("A rule of allow is wrong")],
      ["f", -32600, expect.stringContaining("no method")],
    ]);
    expect({ exit: report.exit, rest: report.rest }).toEqual({ exit: 0, rest: "" });
  });

  it("ignores a byte order mark before a line", () => {
    const line = '\ufeff{"jsonrpc":"2.0","id":1,"method":"initialize"}';
    expect(readMessage(line)).toMatchObject({ type: "request", method: "initialize" });
  });

  it("drops a line that is too long, and reads on", async () => {
    const chunks = [Buffer.from('{"a":'), Buffer.from("1}\n123456789"), Buffer.from("0123\nlast")];
    const lines: unknown[] = [];
    for await (const line of readLines(chunks as unknown as AsyncIterable<Buffer>, 10)) lines.push(line);
    expect(lines).toEqual(['{"a":1}', undefined, "last"]);
    expect(readMessage(undefined)).toMatchObject({ type: "bad", error: { code: -32600 } });
    expect(readMessage(" ")).toBeUndefined();
  });
});
