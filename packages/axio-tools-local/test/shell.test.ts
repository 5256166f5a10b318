import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Agent, AxioError, MemoryContextStore, type Tool } from "axio";
import { ScriptedTransport, toolAnswer, toolUse } from "axio/testing";
import { bundleScript } from "test-support/bundle-script";
import { callTool, callTools } from "test-support/call-tools";
import { isRunning } from "test-support/is-running";
import { LINUX, needs } from "test-support/requirements";
import { describe, expect, it, vi } from "vitest";
import { localTools } from "../src/index.ts";
import { openLocalTools } from "../src/local-tools.ts";
import { callIn, scriptedUser, workspace } from "./support/workspace.ts";

const allow = async () => ({ allowed: true }) as const;

/** Prints the pid of a background process that ignores SIGTERM for two minutes. */
const STUBBORN = `(trap '' TERM HUP INT; for i in $(seq 2400); do sleep 0.05; done) & echo "pid $!"`;

function pidIn(text: string): number {
  const pid = /pid (\d+)/.exec(text)?.[1];
  if (pid === undefined) throw new Error(`There is no pid in ${JSON.stringify(text)}.`);
  return Number(pid);
}

async function isGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
}

/** Runs a command that does not end, and calls `then` once it has started. Returns the pid. */
async function whenStarted(tools: readonly Tool[], then: () => void, signal?: AbortSignal): Promise<number> {
  let pid: number | undefined;
  const run = callTools(tools, [["shell", { command: `${STUBBORN}; wait` }]], {
    ...(signal && { signal }),
    onShown: (shown) => {
      if (pid !== undefined || !/pid \d+\n/.test(shown)) return;
      pid = pidIn(shown);
      then();
    },
  });
  await run.catch((error: unknown) => {
    if (!AxioError.is(error, "aborted")) throw error;
  });
  if (pid === undefined) throw new Error("The command did not start.");
  return pid;
}

describe("shell", () => {
  it("requests permission, runs the command in the directory, and returns output and exit code", async () => {
    const { directory } = await workspace({ "a.txt": "" });
    const { requests, requestPermission } = scriptedUser();
    const command = "pwd; ls; echo oops >&2; exit 3";
    const { text, shown, isError } = await callTool(
      localTools({ directory, requestPermission, sandbox: "off" }),
      "shell",
      {
        command,
      },
    );
    // The order of lines from two pipes is undefined.
    expect(text.split("\n").sort()).toEqual([directory, "[Exit code 3]", "a.txt", "oops"]);
    expect(shown).toContain("oops\n");
    expect(isError).toBe(false);
    expect(requests).toMatchObject([
      {
        title: "Run a command",
        detail: { type: "command", command },
        subject: { type: "shell", command },
        key: `shell:${command}`,
        scopeDescription: "this exact command",
      },
    ]);
  });

  it("shows control characters escaped, under a key with the exact command", async () => {
    const { directory } = await workspace();
    const { requests, requestPermission } = scriptedUser({ allowed: false });
    const command = "rm -rf .\x1b[2K\recho hello\nls";
    await callTool(localTools({ directory, requestPermission, sandbox: "off" }), "shell", { command });
    expect(requests).toMatchObject([
      { detail: { command: "rm -rf .\\u{1b}[2K\\u{d}echo hello\nls" }, key: `shell:${command}` },
    ]);
  });

  it("runs nothing after a denial", async () => {
    const { directory } = await workspace({ "a.txt": "" });
    const tools = localTools({
      directory,
      requestPermission: scriptedUser({ allowed: false }).requestPermission,
    });
    const { text, isError } = await callTool(tools, "shell", { command: "rm a.txt" });
    expect({ text, isError }).toEqual({
      text: "Denied: The user denied this command.",
      isError: true,
    });
    expect(await readFile(join(directory, "a.txt"), "utf8")).toBe("");
  });

  it.each([
    ["too long", `echo ${"x".repeat(131_067)}`, "The command has 131072 bytes"],
    ["with a NUL character", "echo a\0b", "must not contain a NUL character"],
  ])("says why a command cannot run without asking for permission: %s", async (_name, command, reason) => {
    const { directory } = await workspace();
    const { requests, requestPermission } = scriptedUser();
    const tools = localTools({ directory, requestPermission, sandbox: "off" });
    const { text, isError } = await callTool(tools, "shell", { command });
    expect(isError).toBe(true);
    expect(text).toContain(reason);
    expect(requests).toEqual([]);
  });

  it("runs a command of the greatest length", async () => {
    const { directory } = await workspace();
    const { text } = await callIn(directory, "shell", { command: `: ${"x".repeat(131_069)}` });
    expect(text).toBe("[Exit code 0]");
  });

  it("has no input: a command that reads it ends", async () => {
    const { directory } = await workspace();
    expect((await callIn(directory, "shell", { command: "cat; read x; echo $?" })).text).toBe(
      "1\n[Exit code 0]",
    );
  });

  it("truncates long output in the middle", async () => {
    const { directory } = await workspace();
    const { text, shown } = await callIn(directory, "shell", {
      command: "echo first; seq 1000000; echo last",
    });
    expect(text.length).toBeLessThan(30_100);
    expect(text).toMatch(
      /^first\n1\n2\n[\s\S]*\[… [\d,]+ characters omitted …\][\s\S]*\n1000000\nlast\n\[Exit code 0\]$/,
    );
    expect(shown.length).toBeLessThan(1_000_100);
    expect(shown).toMatch(/\[Further output is not shown\.\]\n$/);
  });

  it("truncates a megabyte line and removes control sequences", async () => {
    const { directory } = await workspace();
    const command = String.raw`printf '\033]0;title\007\033[31mred\033[0m\n'; head -c 1000000 /dev/zero | tr '\0' x`;
    const { text, shown } = await callIn(directory, "shell", { command });
    expect(text).toMatch(/^red\nx{14996}\n\[… 970,004 characters omitted …\]\nx{15000}\n\[Exit code 0\]$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters.
    expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
  });

  it("stops a command at its timeout, with all its processes", async () => {
    const { directory } = await workspace();
    const { text } = await callIn(directory, "shell", { command: `${STUBBORN}; wait`, timeoutSeconds: 1 });
    expect(text).toMatch(/\[Stopped after the timeout of 1 seconds\. Set timeoutSeconds/);
    await isGone(pidIn(text));
  });

  it("terminates background processes when the command exits", async () => {
    const { directory } = await workspace();
    const { text } = await callIn(directory, "shell", { command: `${STUBBORN}; echo done` });
    expect(text).toMatch(
      /done\n\[Exit code 0\]\n\[Processes that the command left in the background were ended/,
    );
    await isGone(pidIn(text));
  });

  it.each([
    ["a session of its own", `setsid sh -c 'echo "pid $$"; sleep 120' & sleep 0.3`],
    ["a session of its own, without output", `setsid sh -c 'sleep 120' >/dev/null 2>&1 & echo "pid $!"`],
    ["a parent that has ended", `(setsid sleep 120 & echo "pid $!") & sleep 0.3`],
    [
      "a signal that it ignores",
      `setsid sh -c 'trap "" TERM HUP; echo "pid $$"; sleep 120; sleep 120' & sleep 0.3`,
    ],
  ])("ends a process that has left the group, and tells the model: %s", needs(LINUX), async (_, command) => {
    const { directory } = await workspace();
    const { text } = await callIn(directory, "shell", { command });
    // The process may still be the shell that starts it.
    expect(text).toMatch(
      /\[Exit code 0\]\n\[Processes that the command left in the background were ended: \w+/,
    );
    await isGone(pidIn(text));
  });

  it("says nothing about processes if there are none", async () => {
    const { directory } = await workspace();
    expect((await callIn(directory, "shell", { command: "sleep 0.01 & wait" })).text).toBe("[Exit code 0]");
  });

  it("stops all processes when the run is aborted", async () => {
    const { directory } = await workspace();
    const controller = new AbortController();
    const tools = localTools({ directory, requestPermission: allow, sandbox: "off" });
    await isGone(await whenStarted(tools, () => controller.abort(), controller.signal));
  });

  it("keeps the output of a command that the user stopped, as a terminal shows it", async () => {
    const { directory } = await workspace();
    const controller = new AbortController();
    const tools = localTools({ directory, requestPermission: allow, sandbox: "off" });
    const context = new MemoryContextStore();
    const command = String.raw`printf 'error: first\n1%%\r2%%\r3%%'; echo go >&2; sleep 100`;
    const transport = new ScriptedTransport([toolAnswer(toolUse("1", "shell", { command }))]);
    const stream = new Agent({ transport, tools }).runStream("Go.", { context, signal: controller.signal });
    const reading = (async () => {
      for await (const event of stream)
        if (event.type === "tool-output-delta" && event.delta.includes("go")) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: "aborted" });
    expect((await context.history()).at(-1)?.content).toMatchObject([
      {
        type: "tool-result",
        isError: true,
        content: expect.stringMatching(
          /^Interrupted: stopped by the user after \d+ s\. Its output so far:\nerror: first\n(?:3%go\n|go\n3%)/,
        ),
      },
    ]);
  });

  it("stops all processes before closing the tools resolves", async () => {
    const { directory } = await workspace();
    const open = openLocalTools({ directory, requestPermission: allow, sandbox: "off" });
    let closed: Promise<void> | undefined;
    const pid = await whenStarted(open.tools, () => {
      closed = open.close();
    });
    await closed;
    await isGone(pid);
  });

  it("stops all processes when this process exits", async () => {
    const { directory } = await workspace();
    const script = await bundleScript(fileURLToPath(new URL("support/exiting-process.ts", import.meta.url)));
    const { NODE_EXTRA_CA_CERTS: _, SSL_CERT_FILE: __, ...env } = process.env;
    const child = spawn(process.execPath, [script, directory, `${STUBBORN}; wait`], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output] = await Promise.all([readText(child.stdout), once(child, "close")]);
    await isGone(pidIn(output));
  });

  it("reports the signal that terminated a command", async () => {
    const { directory } = await workspace();
    expect((await callIn(directory, "shell", { command: "kill -SEGV $$" })).text).toBe(
      "[Terminated by SIGSEGV]",
    );
  });

  it("reports a deleted directory", async () => {
    const { directory } = await workspace();
    const tools = localTools({ directory, requestPermission: allow, sandbox: "off" });
    await rm(directory, { recursive: true });
    const { text, isError } = await callTool(tools, "shell", { command: "true" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The shell .* could not be started in .*inside\.$/);
  });
});
