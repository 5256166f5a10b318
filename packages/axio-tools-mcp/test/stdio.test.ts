import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { Agent, AxioError, MemoryContextStore } from "axio";
import { ScriptedTransport, toolAnswer, toolUse } from "axio/testing";
import { callTool } from "test-support/call-tools";
import { isRunning } from "test-support/is-running";
import { needs, POSIX } from "test-support/requirements";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type McpTools, mcpTools } from "../src/index.ts";
import { StdioTransport } from "../src/stdio-transport.ts";
import { ENV, open, stdioServer, temporaryDirectory } from "./support/run.ts";

const SECRET = "hunter2-hunter2";

describe("A server over standard input and output", () => {
  /** The server of the tests that leave it as it is. */
  let mcp: McpTools;
  beforeAll(async () => {
    mcp = await mcpTools({
      servers: { test: stdioServer() },
      requestPermission: async () => ({ allowed: true }),
      env: ENV,
    });
  });
  afterAll(() => mcp.close());

  it("lists tools with their unchanged schemas, and calls them", async () => {
    expect(mcp.tools.find(({ name }) => name === "test__echo")).toMatchObject({
      description: "Returns the text.",
      inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    });
    expect(mcp.tools.map(({ name }) => name)).toContain("test__dotted_name");
    expect(await callTool(mcp.tools, "test__echo", { text: "hello" })).toMatchObject({
      text: "hello",
      isError: false,
    });
    expect((await callTool(mcp.tools, "test__dotted_name")).text).toBe("dotted");
  });

  it("returns images, errors and truncated long texts", async () => {
    expect((await callTool(mcp.tools, "test__image")).content).toEqual([
      { type: "text", text: "A pixel:" },
      { type: "image", mediaType: "image/png", source: { kind: "base64", data: "iVBORw0K" } },
    ]);
    expect(await callTool(mcp.tools, "test__fail")).toMatchObject({
      text: "It did not work.",
      isError: true,
    });
    expect((await callTool(mcp.tools, "test__long")).text).toMatch(
      /^x{50000}\n\[… 900,000 of 1,000,000 bytes omitted …\]\nx{50000}$/,
    );
  });

  it("gets only the variables of its config and the few that programs need", async () => {
    const env = {
      PATH: process.env["PATH"],
      HOME: "/home/ada",
      GITHUB_TOKEN: "not for the server",
      LANG: "C",
    };
    const { mcp } = await open({ test: stdioServer({ env: { OWN: "1" } }) }, { env });
    const { text } = await callTool(mcp.tools, "test__variables");
    expect(JSON.parse(text)).toMatchObject({ OWN: "1", HOME: "/home/ada", LANG: "C" });
    expect(text).not.toContain("not for the server");
  });

  it("requests permission for each call, with the server's hints, under a key of the tool", async () => {
    const { mcp, requests } = await open(
      { test: stdioServer() },
      { permission: { allowed: false, reason: "Not now." } },
    );
    expect(await callTool(mcp.tools, "test__echo", { text: "hi" })).toMatchObject({
      text: "Denied: Not now.",
      isError: true,
    });
    await callTool(mcp.tools, "test__fail");
    expect(requests).toMatchObject([
      {
        title: "Call echo of the MCP server test",
        detail: {
          type: "text",
          text: '{\n  "text": "hi"\n}\nAccording to the server: the tool is read-only.',
        },
        subject: { type: "mcp", server: "test", tool: "echo", isReadOnly: true },
        key: expect.stringMatching(/^mcp:test:echo:[0-9a-f]{16}$/),
        scopeDescription: "every call of echo",
      },
      {
        key: expect.stringMatching(/^mcp:test:fail:/),
        detail: { text: "{}\nAccording to the server: the tool may be destructive." },
      },
    ]);
  });

  it("shows control characters escaped in the permission request", async () => {
    const { mcp, requests } = await open({ test: stdioServer() }, { permission: { allowed: false } });
    await callTool(mcp.tools, "test__echo", { text: "\x1b[2J\x9b\u202e" });
    expect(requests[0]?.detail).toMatchObject({
      text: expect.stringContaining('"\\u001b[2J\\u009b\\u202e"'),
    });
  });

  it("requests no permission for tools that the config allows", async () => {
    const trusting = { alwaysAllow: ["fail"], trustReadOnly: true };
    const { mcp, requests } = await open({ test: stdioServer(trusting) });
    await callTool(mcp.tools, "test__echo", { text: "hi" });
    await callTool(mcp.tools, "test__fail");
    expect(requests).toEqual([]);
    await callTool(mcp.tools, "test__cwd");
    expect(requests).toHaveLength(1);
  });

  it("does not receive invalid input", async () => {
    const { mcp, requests } = await open({ test: stdioServer() });
    const { text, isError } = await callTool(mcp.tools, "test__echo", { text: 1 });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The input of test__echo does not fit its schema/);
    expect(requests).toEqual([]);
  });

  it("shows progress and receives the abort of a call", async () => {
    const mark = join(await temporaryDirectory(), "mark");
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
    // The file exists before it has content.
    await vi.waitFor(() => expect(readFileSync(mark, "utf8")).toBe("aborted"), { timeout: 20_000 });
    expect((await callTool(mcp.tools, "test__echo", { text: "still here" })).text).toBe("still here");
  });

  it("keeps the progress of a call that the user stops, for the model", async () => {
    const mark = join(await temporaryDirectory(), "mark");
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "test__wait", { mark }))]);
    const context = new MemoryContextStore();
    const stream = new Agent({ transport, tools: [...mcp.tools] }).runStream("Go.", { context });
    const reading = (async () => {
      for await (const { type } of stream) if (type === "tool-output-delta") stream.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: "aborted" });
    expect((await context.history()).at(-1)?.content).toMatchObject([
      {
        type: "tool-result",
        isError: true,
        content: expect.stringMatching(
          /^Interrupted: stopped by the user after \d+ s\. Its output so far:\n1\/2 half way\n$/,
        ),
      },
    ]);
  });

  it("can change its list of tools", async () => {
    const { mcp } = await open({ test: stdioServer() });
    await callTool(mcp.tools, "test__register", { name: "poet" });
    await vi.waitFor(() => expect(mcp.tools.map(({ name }) => name)).toContain("test__poet"), {
      timeout: 20_000,
    });
    expect((await callTool(mcp.tools, "test__poet")).text).toBe("I am poet.");
  });

  it("that exits during a call returns an error, and restarts with the next call", async () => {
    const { mcp, warnings } = await open({ test: stdioServer() });
    const result = await callTool(mcp.tools, "test__exit");
    expect(result.isError).toBe(true);
    expect(result.text).toMatch(
      /^The MCP server "test" exited \(.*node\)\. Run it in a terminal to see why\.\nIts output:\nleaving with undefined$/,
    );
    await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 20_000 });
    expect(warnings[0]?.message).toBe(
      'The MCP server "test" has exited. It restarts with the next call of one of its tools.\nIts output:\nleaving with undefined',
    );
    expect((await callTool(mcp.tools, "test__echo", { text: "back" })).text).toBe("back");
  });

  it.each(["close", "signal"])("is terminated with all its processes: %s", async (trigger) => {
    const controller = new AbortController();
    const { mcp } = await open({ test: stdioServer() }, { signal: controller.signal });
    const pids = (await callTool(mcp.tools, "test__child")).text.split(" ").map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    if (trigger === "signal") controller.abort();
    await mcp.close();
    await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]), { timeout: 20_000 });
    expect((await callTool(mcp.tools, "test__echo", { text: "?" })).isError).toBe(true);
  });
});

describe("A server that does not start", () => {
  it("is reported with the remedy, and the others work", async () => {
    const { mcp, warnings } = await open({
      missing: { command: "no-such-program-anywhere" },
      broken: { command: process.execPath, args: ["-e", "console.error('no database'); process.exit(1)"] },
      test: stdioServer(),
    });
    expect(warnings.map(({ message }) => message).sort()).toEqual([
      expect.stringMatching(
        /^The MCP server "broken" exited \(.*\)\. Run it in a terminal to see why\.\nIts output:\nno database$/,
      ),
      'The MCP server "missing" could not be started: the program no-such-program-anywhere was not found. Check that it is installed and in PATH.',
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(["tools-unavailable", "tools-unavailable"]);
    expect((await callTool(mcp.tools, "test__echo", { text: "hi" })).text).toBe("hi");
  });

  it("is reported with its output although it exited before the first message", needs(POSIX), async () => {
    const mark = join(await temporaryDirectory(), "mark");
    const script = `exec 0<&-; echo "no database" >&2; : > '${mark}'`;
    const { start } = StdioTransport.prototype;
    const busy = vi.spyOn(StdioTransport.prototype, "start").mockImplementation(async function (
      this: StdioTransport,
    ) {
      await start.call(this);
      // This process is busy until then.
      while (!existsSync(mark));
    });
    onTestFinished(() => busy.mockRestore());
    const { warnings } = await open({ broken: { command: "sh", args: ["-c", script] } });
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The MCP server "broken" exited .*\nIts output:\nno database$/s),
    ]);
  });

  it("times out without a response, and leaves no process", async () => {
    const mark = join(await temporaryDirectory(), "pid");
    const script = `require('fs').writeFileSync(${JSON.stringify(mark)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const silent = { command: process.execPath, args: ["-e", script] };
    const { mcp, warnings } = await open({ silent }, { startTimeoutMs: 2_000 });
    expect(mcp.tools).toEqual([]);
    expect(warnings[0]?.message).toMatch(
      /"silent" did not respond within 2 s after its start\. Check that it is an MCP server, or increase the setting startTimeoutSeconds/,
    );
    const pid = Number(readFileSync(mark, "utf8"));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
  });

  it("keeps secrets out of messages, causes and inspected values", async () => {
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
    expect(warnings.map(({ message }) => message).join("\n")).toContain("Its output:\n*** ***");
  });
});
