import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleScript } from "test-support/bundle-script";
import { repetitions } from "test-support/requirements";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FileCredentialStore } from "../src/index.ts";
import { acquireFileLock } from "../src/internal.ts";
import { FORMAT } from "./support/credentials.ts";

const WORKER = await bundleScript(fileURLToPath(new URL("./lock-worker.ts", import.meta.url)));
const children = new Set<ChildProcess>();
let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "axio-lock-"));
});

afterEach(async () => {
  for (const child of children) {
    child.kill("SIGKILL");
    await ended(child);
  }
  children.clear();
  rmSync(directory, { recursive: true, force: true });
});

const file = (name: string): string => join(directory, name);

function work(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [WORKER, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  children.add(child);
  return child;
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", resolve));
}

function log(): string[] {
  try {
    return readFileSync(file("log"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

const openStore = () => new FileCredentialStore({ path: file("c.json"), format: FORMAT });

describe("between processes", () => {
  it("runs one change at a time and loses none", async () => {
    const changes = repetitions({ short: 5, full: 15 });
    const workers = [1, 2, 3, 4].map(() => work("count", file("c.json"), file("log"), String(changes)));
    expect(await Promise.all(workers.map(ended))).toEqual([0, 0, 0, 0]);
    const lines = log();
    expect(lines).toHaveLength(8 * changes);
    for (let line = 0; line < lines.length; line += 2) {
      expect(lines[line + 1]).toBe(lines[line]?.replace("enter", "leave"));
    }
    expect((await openStore().load())?.expiresAt).toBe(4 * changes);
  });

  it("runs one change at a time although the lock is removed with each sign-out", async () => {
    const rounds = repetitions({ short: 6, full: 60 });
    const workers = [1, 2, 3, 4].map(() =>
      work("sign-in-and-out", file("c.json"), file("log"), String(rounds)),
    );
    expect(await Promise.all(workers.map(ended))).toEqual([0, 0, 0, 0]);
    const lines = log();
    expect(lines.length).toBeGreaterThanOrEqual(8 * rounds);
    for (let index = 0; index < lines.length; index += 2)
      expect(lines[index + 1]).toBe(lines[index]?.replace("enter", "leave"));
    expect(readdirSync(directory)).toEqual(["log"]);
  });

  it("leaves a complete file when a writer is killed, and the next writer continues at once", async () => {
    const store = openStore();
    const kills = repetitions({ short: 2, full: 20 });
    for (let kill = 0; kill < kills; kill += 1) {
      const before = log().length;
      const child = work("forever", file("c.json"), file("log"));
      await vi.waitFor(() => expect(log().length).toBeGreaterThan(before + (kill % 7)), {
        timeout: 20_000,
        interval: 1,
      });
      child.kill("SIGKILL");
      await ended(child);
      const read = await store.load();
      const next = await store.update(async (current) => ({
        ...(read ?? { accessToken: "a", refreshToken: "r", accountId: "x" }),
        expiresAt: (current?.expiresAt ?? 0) + 1,
      }));
      expect(next?.expiresAt).toBe((read?.expiresAt ?? 0) + 1);
    }
    const leftOver = readdirSync(directory).filter((name) => name.endsWith(".tmp"));
    expect(leftOver).toEqual([]);
  }, 120_000);

  it("takes over from a suspended holder, which does not overwrite the newer value when it resumes", async () => {
    const child = work("hold", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    child.kill("SIGSTOP");
    const store = new FileCredentialStore({
      path: file("c.json"),
      format: FORMAT,
      lockStaleAfterMs: 1_000,
    });
    await store.update(async (current) => {
      expect(current).toBeUndefined();
      return { accessToken: "newer", refreshToken: "newer", expiresAt: 41, accountId: "x" };
    });
    writeFileSync(file("go"), "");
    child.kill("SIGCONT");
    expect(await ended(child)).toBe(0);
    // Its change ran again on the newer value.
    expect(log().filter((line) => line.startsWith("enter"))).toHaveLength(2);
    expect((await store.load())?.expiresAt).toBe(42);
  }, 60_000);
});

describe("a holder with an action in flight", () => {
  const takeOver = (lockTimeoutMs: number) =>
    new FileCredentialStore({
      path: file("c.json"),
      format: FORMAT,
      lockStaleAfterMs: 300,
      lockTimeoutMs,
    }).update(async (current) => ({
      accessToken: "a",
      refreshToken: "r",
      accountId: "x",
      expiresAt: (current?.expiresAt ?? 0) + 1,
    }));

  it("is not replaced while it is suspended, and saves its result", async () => {
    const child = work("in-flight", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    child.kill("SIGSTOP");
    await expect(takeOver(1_500)).rejects.toMatchObject({ code: "store-locked" });
    writeFileSync(file("go"), "");
    child.kill("SIGCONT");
    expect(await ended(child)).toBe(0);
    expect(log().filter((line) => line.startsWith("enter"))).toHaveLength(1);
    expect((await takeOver(20_000))?.expiresAt).toBe(2);
  }, 60_000);

  it("is replaced at once when it is killed", async () => {
    const child = work("in-flight", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    child.kill("SIGKILL");
    expect((await takeOver(20_000))?.expiresAt).toBe(1);
  }, 60_000);

  it("gets false from markInFlight if the lock is already lost", async () => {
    const lock = await acquireFileLock(file("lock"));
    await writeFile(join(file("lock"), "2"), "{}");
    expect(lock.markInFlight()).toBe(false);
    await lock.release();
  });

  it("keeps the lock until it releases it", async () => {
    const lock = await acquireFileLock(file("lock"));
    expect([lock.markInFlight(), lock.isHeld()]).toEqual([true, true]);
    await lock.release();
    await (await acquireFileLock(file("lock"), { timeoutMs: 5_000 })).release();
  });
});

describe("acquireFileLock", () => {
  it("grants the lock in the order of the calls in one process", async () => {
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4, 5].map(async (number) => {
        const lock = await acquireFileLock(file("lock"));
        order.push(number);
        expect(lock.isHeld()).toBe(true);
        await lock.release();
        expect(lock.isHeld()).toBe(false);
      }),
    );
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  it("keeps at most five claims on disk", async () => {
    for (let round = 0; round < 20; round += 1) await (await acquireFileLock(file("lock"))).release();
    expect(readdirSync(file("lock")).length).toBeLessThanOrEqual(5);
  });

  it("throws store-locked after the timeout and names the holder", async () => {
    const child = work("hold", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    await expect(acquireFileLock(file("c.json.axio-lock"), { timeoutMs: 500 })).rejects.toMatchObject({
      code: "store-locked",
      retryable: true,
      message: expect.stringContaining(`process ${child.pid}`),
    });
  });

  it("aborts with the signal, and serves the next caller", async () => {
    const first = await acquireFileLock(file("lock"));
    const controller = new AbortController();
    const second = acquireFileLock(file("lock"), { signal: controller.signal });
    const third = acquireFileLock(file("lock"));
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    await first.release();
    await (await third).release();
  });

  it("takes over at once if another process has the id of the holder", async ({ skip }) => {
    const first = await acquireFileLock(file("lock"));
    const claim = join(file("lock"), "1");
    const owner = JSON.parse(readFileSync(claim, "utf8")) as { pid: number; startTime: string };
    await first.release();
    if (owner.startTime === "") skip("Only Linux states when a process was started.");
    writeFileSync(claim, JSON.stringify({ ...owner, startTime: "1" }));
    const lock = await acquireFileLock(file("lock"), { staleAfterMs: 60_000, timeoutMs: 5_000 });
    await lock.release();
    expect(readdirSync(file("lock"))).toContain("2");
  });

  it("judges a process of another machine by its signs of life, not by its id", async () => {
    await mkdir(file("lock"));
    const claim = join(file("lock"), "7");
    await writeFile(claim, JSON.stringify({ pid: 999_999_999, machine: `not-${hostname()}`, startTime: "" }));
    const alive = setInterval(() => void utimes(claim, new Date(), new Date()), 20);
    await expect(acquireFileLock(file("lock"), { staleAfterMs: 300, timeoutMs: 900 })).rejects.toMatchObject({
      code: "store-locked",
    });
    clearInterval(alive);
    const lock = await acquireFileLock(file("lock"), { staleAfterMs: 300, timeoutMs: 20_000 });
    expect(readdirSync(file("lock"))).toContain("8");
    await lock.release();
  });

  it("detects that a successor has taken over", async () => {
    const lock = await acquireFileLock(file("lock"));
    await writeFile(join(file("lock"), "2"), "{}");
    expect(lock.isHeld()).toBe(false);
    await lock.release();
  });

  it("detects that its directory was removed", async () => {
    const lock = await acquireFileLock(file("lock"));
    rmSync(file("lock"), { recursive: true });
    expect(lock.isHeld()).toBe(false);
    await lock.release();
  });
});

describe("a claim that no lock of axio has written", () => {
  const lock = () => file("lock");
  const machine = "another machine";
  const owner = { pid: 1, machine, startTime: "1", token: "x", inFlight: false };

  it.each([
    ["an absurdly high number", "999999999999999", ""],
    ["the highest number", "9999999999999", "released"],
    ["a number that does not fit into a number", "9".repeat(40), ""],
    ["a negative number", "-5", ""],
    ["number zero", "0", ""],
    ["leading zeros", "007", ""],
    ["a name", "claim", ""],
  ])("with %s does not block the lock", async (_, name, text) => {
    await mkdir(lock());
    await writeFile(join(lock(), name), text);
    for (let round = 0; round < 3; round += 1)
      await (await acquireFileLock(lock(), { timeoutMs: 2_000, staleAfterMs: 50 })).release();
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "\u0000\u0001"],
    ["a list", "[]"],
    ["no process", JSON.stringify({ ...owner, pid: undefined })],
    ["process 0", JSON.stringify({ ...owner, pid: 0, inFlight: true })],
    ["a negative process", JSON.stringify({ ...owner, pid: -1, inFlight: true })],
    ["a fraction of a process", JSON.stringify({ ...owner, pid: 1.5, inFlight: true })],
    ["an absurd process", JSON.stringify({ ...owner, pid: 1e300, inFlight: true })],
    ["megabytes of text", "x".repeat(5_000_000)],
  ])("with %s counts as stale", async (_, text) => {
    await mkdir(lock());
    await writeFile(join(lock(), "7"), text.replace('"inFlight":true', '"inFlight":true '));
    await (await acquireFileLock(lock(), { timeoutMs: 3_000, staleAfterMs: 50 })).release();
  });

  it("in flight for a day, or without the start of its process, counts as stale", async ({ skip }) => {
    if (process.platform !== "linux") skip("Only Linux knows when a process started.");
    const own = JSON.parse(await ownClaim()) as typeof owner;
    for (const [number, claim] of [
      ["7", { ...own, pid: 1, startTime: "" }],
      ["9", own],
    ] as const) {
      await mkdir(lock(), { recursive: true });
      const path = join(lock(), number);
      await writeFile(path, JSON.stringify({ ...claim, inFlight: true }).replace("true", "true "));
      if (number === "9") await utimes(path, 1, 1);
      await (await acquireFileLock(lock(), { timeoutMs: 3_000, staleAfterMs: 50 })).release();
    }
  });

  it.each(["a pipe", "a directory", "a link to itself"])("that is %s counts as stale", async (kind) => {
    if (process.platform === "win32") return;
    await mkdir(lock());
    const path = join(lock(), "7");
    if (kind === "a pipe") execFileSync("sh", ["-c", 'mk"fifo" "$1"', "sh", path]);
    else if (kind === "a directory") await mkdir(path);
    else symlinkSync("7", path);
    await (await acquireFileLock(lock(), { timeoutMs: 3_000, staleAfterMs: 50 })).release();
  });

  async function ownClaim(): Promise<string> {
    const held = await acquireFileLock(file("other"));
    const [name = ""] = readdirSync(file("other"));
    const text = readFileSync(join(file("other"), name), "utf8");
    await held.release();
    return text;
  }
});
