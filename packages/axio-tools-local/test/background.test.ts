import { callTool } from "test-support/call-tools";
import { isRunning } from "test-support/is-running";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openLocalTools } from "../src/local-tools.ts";
import { scriptedUser, workspace } from "./support/workspace.ts";

async function background(command: string) {
  const { directory } = await workspace();
  const { requests, requestPermission } = scriptedUser();
  const open = openLocalTools({ directory, requestPermission, sandbox: "off" });
  onTestFinished(() => open.close());
  const call = async (name: string, input: { readonly [name: string]: string | number | boolean }) =>
    (await callTool(open.tools, name, input)).text;
  const started = await call("shell", { command, background: true });
  const id = /with the id (\S+)\./.exec(started)?.[1] ?? expect.fail(started);
  const read = (options: { readonly cursor?: number; readonly waitSeconds?: number } = {}) =>
    call("shell_output", { id, ...options });
  return { open, requests, call, read, id };
}

function pidIn(text: string): number {
  return Number(/pid (\d+)/.exec(text)?.[1] ?? expect.fail(text));
}

describe("a process in the background", () => {
  it("requests permission, returns at once, and goes on while other tools run", async () => {
    const { requests, read, id } = await background('echo "pid $$"; exec sleep 100');
    expect(requests).toMatchObject([{ title: expect.stringMatching(/^Run a command in the background/) }]);
    const text = await read({ waitSeconds: 20 });
    expect(text).toMatch(/^pid \d+\n\[Still running\. Cursor: \d+\]$/);
    expect(isRunning(pidIn(text))).toBe(true);
    expect(id).toBe("p1");
  });

  it("gives each part of its output once, and an earlier part again at its cursor", async () => {
    const { read } = await background("echo one; read -t 1 < /dev/zero; echo two");
    expect(await read({ cursor: 0, waitSeconds: 20 })).toMatch(/^one\n/);
    expect(await read({ cursor: 4, waitSeconds: 20 })).toMatch(/^two\n/);
    await vi.waitFor(async () => expect(await read()).toBe("[Exit code 0. Cursor: 8]"), { timeout: 10_000 });
    expect(await read({ cursor: 0 })).toBe("one\ntwo\n[Exit code 0. Cursor: 8]");
    expect(await read({ cursor: 2 })).toBe("e\ntwo\n[Exit code 0. Cursor: 8]");
    expect(await read({ cursor: 1_000_000 })).toBe("[Exit code 0. Cursor: 8]");
  });

  it("keeps the last part of a long output, and says what is lost", async () => {
    const { read } = await background("seq 200000");
    await vi.waitFor(async () => expect(await read()).toContain("Exit code 0"), { timeout: 20_000 });
    const text = await read({ cursor: 0 });
    expect(text).toMatch(/^\[… [\d,]+ characters are no longer kept …\]\n/);
    expect(text).toMatch(/\n200000\n\[Exit code 0\. Cursor: 1288895\]$/);
    expect(text.length).toBeLessThan(31_000);
  });

  it("is stopped by shell_stop, with all its processes", async () => {
    const { call, read, id } = await background('echo stopping; sleep 100 & echo "pid $!"; wait');
    const pid = await vi.waitFor(async () => pidIn(await read({ cursor: 0 })), { timeout: 20_000 });
    expect(await call("shell_stop", { id })).toMatch(/\[Stopped\. Cursor: \d+\]$/);
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
    expect(await read()).toMatch(/^\[Stopped\. Cursor: \d+\]$/);
  });

  it("ends with the tools", async () => {
    const { open, read } = await background('echo "pid $$"; exec sleep 100');
    const pid = pidIn(await read({ waitSeconds: 20 }));
    await open.close();
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
  });

  it("is named with the others if an id is wrong", async () => {
    const { call } = await background("true");
    expect(await call("shell_output", { id: "p7" })).toMatch(
      /^There is no background process "p7"\. There are:\np1 \((?:running|ended)\): true$/,
    );
  });

  it("is not offered without the tool that reads its output", async () => {
    const { directory } = await workspace();
    const { requestPermission } = scriptedUser();
    const open = openLocalTools({ directory, requestPermission, only: ["shell"], sandbox: "off" });
    onTestFinished(() => open.close());
    expect(JSON.stringify(open.tools)).not.toContain('"background":');
  });
});
