import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleScript } from "test-support/bundle-script";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FileCredentialStore } from "../src/index.ts";
import { acquireFileLock } from "../src/internal.ts";
import { parseCredentials } from "./support/credentials.ts";

const WORKER = await bundleScript(fileURLToPath(new URL("./lock-worker.ts", import.meta.url)));
const children = new Set<ChildProcess>();
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "axio-lock-"));
});

afterEach(async () => {
  for (const child of children) {
    child.kill("SIGKILL");
    await ended(child);
  }
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => join(folder, name);

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

const openStore = () => new FileCredentialStore({ path: file("c.json"), parse: parseCredentials });

describe("between processes", () => {
  it("lets one at a time change the file, and loses no change", async () => {
    const workers = [1, 2, 3, 4].map(() => work("count", file("c.json"), file("log"), "15"));
    expect(await Promise.all(workers.map(ended))).toEqual([0, 0, 0, 0]);
    const lines = log();
    expect(lines).toHaveLength(120);
    for (let line = 0; line < lines.length; line += 2) {
      expect(lines[line + 1]).toBe(lines[line]?.replace("enter", "leave"));
    }
    expect((await openStore().load())?.expiresAt).toBe(60);
  });

  it("leaves a whole file when its writer is killed, and the next one goes on at once", async () => {
    const store = openStore();
    for (let kill = 0; kill < 20; kill += 1) {
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
    const leftOver = readdirSync(folder).filter((name) => name.endsWith(".tmp"));
    expect(leftOver).toEqual([]);
  }, 120_000);

  it("passes over a holder that is stopped, which does not overwrite what is newer when it wakes up", async () => {
    const child = work("hold", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    child.kill("SIGSTOP");
    const store = new FileCredentialStore({
      path: file("c.json"),
      parse: parseCredentials,
      lockStaleAfterMs: 1_000,
    });
    await store.update(async (current) => {
      expect(current).toBeUndefined();
      return { accessToken: "newer", refreshToken: "newer", expiresAt: 41, accountId: "x" };
    });
    writeFileSync(file("go"), "");
    child.kill("SIGCONT");
    expect(await ended(child)).toBe(0);
    // It ran again on the newer value, and did not write what it had made of the older one.
    expect(log().filter((line) => line.startsWith("enter"))).toHaveLength(2);
    expect((await store.load())?.expiresAt).toBe(42);
  }, 60_000);
});

describe("a holder that does what must not happen twice", () => {
  const passOver = (lockTimeoutMs: number) =>
    new FileCredentialStore({
      path: file("c.json"),
      parse: parseCredentials,
      lockStaleAfterMs: 300,
      lockTimeoutMs,
    }).update(async (current) => ({
      accessToken: "a",
      refreshToken: "r",
      accountId: "x",
      expiresAt: (current?.expiresAt ?? 0) + 1,
    }));

  it("is waited for while it is stopped, and its work counts", async () => {
    const child = work("pin", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    child.kill("SIGSTOP");
    await expect(passOver(1_500)).rejects.toMatchObject({ code: "store-locked" });
    writeFileSync(file("go"), "");
    child.kill("SIGCONT");
    expect(await ended(child)).toBe(0);
    expect(log().filter((line) => line.startsWith("enter"))).toHaveLength(1);
    expect((await passOver(20_000))?.expiresAt).toBe(2);
  }, 60_000);

  it("is followed at once when it is killed", async () => {
    const child = work("pin", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    child.kill("SIGKILL");
    expect((await passOver(20_000))?.expiresAt).toBe(1);
  }, 60_000);

  it("is told where the lock is lost already", async () => {
    const lock = await acquireFileLock(file("lock"));
    await writeFile(join(file("lock"), "2"), "{}");
    expect(lock.pin()).toBe(false);
    await lock.release();
  });

  it("holds the lock on, and gives it up", async () => {
    const lock = await acquireFileLock(file("lock"));
    expect([lock.pin(), lock.isHeld()]).toEqual([true, true]);
    await lock.release();
    await (await acquireFileLock(file("lock"), { timeoutMs: 5_000 })).release();
  });
});

describe("acquireFileLock", () => {
  it("is given in the order of asking, in one process", async () => {
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

  it("keeps only a few claims on the disk", async () => {
    for (let turn = 0; turn < 20; turn += 1) await (await acquireFileLock(file("lock"))).release();
    expect(readdirSync(file("lock")).length).toBeLessThanOrEqual(5);
  });

  it("gives up after its time, and says who holds it", async () => {
    const child = work("hold", file("c.json"), file("log"), file("go"));
    await vi.waitFor(() => expect(log()).toContain(`enter ${child.pid}`), { timeout: 20_000 });
    await expect(acquireFileLock(file("c.json.axio-lock"), { timeoutMs: 500 })).rejects.toMatchObject({
      code: "store-locked",
      retryable: true,
      message: expect.stringContaining(`process ${child.pid}`),
    });
  });

  it("ends the wait with the signal, and lets the next in the queue go on", async () => {
    const first = await acquireFileLock(file("lock"));
    const controller = new AbortController();
    const second = acquireFileLock(file("lock"), { signal: controller.signal });
    const third = acquireFileLock(file("lock"));
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    await first.release();
    await (await third).release();
  });

  it("takes over at once from a process whose id another process has by now", async ({ skip }) => {
    const first = await acquireFileLock(file("lock"));
    const claim = join(file("lock"), "1");
    const owner = JSON.parse(readFileSync(claim, "utf8")) as { pid: number; startTime: string };
    await first.release();
    if (owner.startTime === "") skip("Only Linux tells when a process was started.");
    writeFileSync(claim, JSON.stringify({ ...owner, startTime: "1" }));
    const lock = await acquireFileLock(file("lock"), { staleAfterMs: 60_000, timeoutMs: 5_000 });
    await lock.release();
    expect(readdirSync(file("lock"))).toContain("2");
  });

  it("does not judge a process of another machine by its number, but by its signs of life", async () => {
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

  it("notices that a successor has taken over", async () => {
    const lock = await acquireFileLock(file("lock"));
    await writeFile(join(file("lock"), "2"), "{}");
    expect(lock.isHeld()).toBe(false);
    await lock.release();
  });

  it("notices that its folder was removed", async () => {
    const lock = await acquireFileLock(file("lock"));
    rmSync(file("lock"), { recursive: true });
    expect(lock.isHeld()).toBe(false);
    await lock.release();
  });
});
