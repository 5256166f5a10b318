import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { AxioError, type Tool } from "axio";
import { callTool, callTools } from "test-support/call-tools";
import { isRunning } from "test-support/is-running";
import { describe, expect, it, vi } from "vitest";
import { localTools } from "../src/index.ts";
import { openLocalTools } from "../src/local-tools.ts";
import { callIn, person, workspace } from "./support/workspace.ts";

const allow = async () => ({ allowed: true }) as const;

/** Prints the number of a process in the background that ignores being asked to end, for two minutes. */
const STUBBORN = `(trap '' TERM HUP INT; for i in $(seq 2400); do sleep 0.05; done) & echo "pid $!"`;

function pidIn(text: string): number {
  const pid = /pid (\d+)/.exec(text)?.[1];
  if (pid === undefined) throw new Error(`There is no number of a process in ${JSON.stringify(text)}.`);
  return Number(pid);
}

async function isGone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 20_000 });
}

/** Runs a command that goes on, and does something once it has begun. Gives the number of its process. */
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
  if (pid === undefined) throw new Error("It did not begin.");
  return pid;
}

describe("shell", () => {
  it("asks, runs the command in the folder, and gives output and exit code", async () => {
    const { folder } = await workspace({ "a.txt": "" });
    const { asked, ask } = person();
    const command = "pwd; ls; echo oops >&2; exit 3";
    const { text, shown, isError } = await callTool(localTools({ folder, ask }), "shell", { command });
    // What goes to two pipes has no order.
    expect(text.split("\n").sort()).toEqual([folder, "[Exit code 3]", "a.txt", "oops"]);
    expect(shown).toContain("oops\n");
    expect(isError).toBe(false);
    expect(asked).toMatchObject([
      {
        title: "Run a command",
        detail: { type: "command", command },
        key: `shell:${command}`,
        covers: "this very command",
      },
    ]);
  });

  it("asks with what would command a terminal written out, and under a key of the very command", async () => {
    const { folder } = await workspace();
    const { asked, ask } = person({ allowed: false });
    const command = "rm -rf .\x1b[2K\recho hello\nls";
    await callTool(localTools({ folder, ask }), "shell", { command });
    expect(asked).toMatchObject([
      { detail: { command: "rm -rf .\\u{1b}[2K\\u{d}echo hello\nls" }, key: `shell:${command}` },
    ]);
  });

  it("runs nothing where the person says no", async () => {
    const { folder } = await workspace({ "a.txt": "" });
    const tools = localTools({ folder, ask: person({ allowed: false }).ask });
    const { text, isError } = await callTool(tools, "shell", { command: "rm a.txt" });
    expect({ text, isError }).toEqual({
      text: "Denied: The person does not want this command to run.",
      isError: true,
    });
    expect(await readFile(join(folder, "a.txt"), "utf8")).toBe("");
  });

  it("has no input: what waits for it ends", async () => {
    const { folder } = await workspace();
    expect((await callIn(folder, "shell", { command: "cat; read x; echo $?" })).text).toBe(
      "1\n[Exit code 0]",
    );
  });

  it("keeps the beginning and the end of long output", async () => {
    const { folder } = await workspace();
    const { text, shown } = await callIn(folder, "shell", { command: "echo first; seq 1000000; echo last" });
    expect(text.length).toBeLessThan(30_100);
    expect(text).toMatch(
      /^first\n1\n2\n[\s\S]*\[… \d+ characters left out …\][\s\S]*\n1000000\nlast\n\[Exit code 0\]$/,
    );
    expect(shown.length).toBeLessThan(1_000_100);
    expect(shown).toMatch(/\[More output follows, which is not shown\.\]\n$/);
  });

  it("makes a megabyte line and control sequences harmless", async () => {
    const { folder } = await workspace();
    const command = String.raw`printf '\033]0;title\007\033[31mred\033[0m\n'; head -c 1000000 /dev/zero | tr '\0' x`;
    const { text, shown } = await callIn(folder, "shell", { command });
    expect(text).toMatch(/^red\nx{14996}\n\[… 970004 characters left out …\]\nx{15000}\n\[Exit code 0\]$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    expect(shown).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
  });

  it("stops a command at its time limit, with all that it has started", async () => {
    const { folder } = await workspace();
    const { text } = await callIn(folder, "shell", { command: `${STUBBORN}; wait`, timeoutSeconds: 1 });
    expect(text).toMatch(/\[Stopped after 1 seconds, the time limit\. Ask for more/);
    await isGone(pidIn(text));
  });

  it("ends with a command what it leaves in the background", async () => {
    const { folder } = await workspace();
    const { text } = await callIn(folder, "shell", { command: `${STUBBORN}; echo done` });
    expect(text).toMatch(/done\n\[Exit code 0\]$/);
    await isGone(pidIn(text));
  });

  it("does not wait for who has left the group and holds the output open", async () => {
    const { folder } = await workspace();
    const command = `setsid sh -c 'sleep 120' & echo "pid $!"`;
    const { text } = await callIn(folder, "shell", { command });
    expect(text).toMatch(/\[Exit code 0\]$/);
    process.kill(pidIn(text), "SIGKILL");
  });

  it("stops all of it when the run is aborted", async () => {
    const { folder } = await workspace();
    const controller = new AbortController();
    const tools = localTools({ folder, ask: allow });
    await isGone(await whenStarted(tools, () => controller.abort(), controller.signal));
  });

  it("stops all of it when the tools are closed, and is done then", async () => {
    const { folder } = await workspace();
    const open = openLocalTools({ folder, ask: allow });
    let closed: Promise<void> | undefined;
    const pid = await whenStarted(open.tools, () => {
      closed = open.close();
    });
    await closed;
    await isGone(pid);
  });

  it("stops all of it when the process ends", async () => {
    const { folder } = await workspace();
    const script = fileURLToPath(new URL("support/exiting-process.ts", import.meta.url));
    const { NODE_EXTRA_CA_CERTS: _, SSL_CERT_FILE: __, ...env } = process.env;
    const flags = ["--conditions=axio-source", "--import", "tsx"];
    const child = spawn(process.execPath, [...flags, script, folder, `${STUBBORN}; wait`], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output] = await Promise.all([readText(child.stdout), once(child, "close")]);
    await isGone(pidIn(output));
  });

  it("names the signal that a command died of", async () => {
    const { folder } = await workspace();
    expect((await callIn(folder, "shell", { command: "kill -SEGV $$" })).text).toBe("[Ended by SIGSEGV]");
  });

  it("says that the folder is gone", async () => {
    const { folder } = await workspace();
    const tools = localTools({ folder, ask: allow });
    await rm(folder, { recursive: true });
    const { text, isError } = await callTool(tools, "shell", { command: "true" });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The shell .* could not be started in .*inside\.$/);
  });
});
