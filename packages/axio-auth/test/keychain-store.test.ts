import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { bundleScript } from "test-support/bundle-script";
import { LINUX, needs, type Requirement } from "test-support/requirements";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { KeychainCredentialStore, type KeychainEntry } from "../src/index.ts";
import { type Credentials, FORMAT } from "./support/credentials.ts";
import { memoryKeychain } from "./support/memory-keychain.ts";

const KEYRING: Requirement = {
  isMet: isInstalled("@napi-rs/keyring"),
  missing: "the optional package @napi-rs/keyring is not installed",
};

function isInstalled(name: string): boolean {
  try {
    return createRequire(import.meta.url).resolve(name) !== "";
  } catch {
    return false;
  }
}

const CREDENTIALS: Credentials = {
  accessToken: "secret-access",
  refreshToken: "secret-refresh",
  expiresAt: 1_800_000_000,
  accountId: "account-1",
};

let directory = "";
let stored: Map<string, string>;
let memoryEntry: ReturnType<typeof memoryKeychain>["openEntry"];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "axio-keychain-"));
  ({ stored, openEntry: memoryEntry } = memoryKeychain());
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function openStore(openEntry = memoryEntry) {
  const lockDirectory = join(directory, "lock");
  return new KeychainCredentialStore({ account: "codex", format: FORMAT, lockDirectory, openEntry });
}

describe("KeychainCredentialStore", () => {
  it("stores credentials under the account, and deletes them", async () => {
    expect(await openStore().load()).toBeUndefined();
    await openStore().update(async () => CREDENTIALS);
    expect(await openStore().load()).toEqual(CREDENTIALS);
    expect([...stored.keys()]).toEqual(["axio/codex"]);
    await openStore().update(async () => undefined);
    expect(stored.size).toBe(0);
  });

  it("throws store-unavailable with advice if the keychain fails", async () => {
    const store = openStore(async () => {
      throw new Error("no D-Bus");
    });
    await expect(store.load()).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("store the credentials in a file"),
    });
  });

  it("throws credentials-malformed for an unusable entry, and keeps it", async () => {
    stored.set("axio/codex", "secret-access");
    const error: unknown = await openStore()
      .load()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "credentials-malformed",
      message: expect.stringContaining("the keychain entry axio/codex"),
    });
    expect(inspect(error, { depth: 9 })).not.toContain("secret-");
    expect(stored.get("axio/codex")).toBe("secret-access");
  });

  it.each([
    ["opening the entry", () => new Promise<never>(() => {})],
    [
      "reading it",
      async () => ({
        ...(await memoryEntry("axio", "codex")),
        getPassword: () => new Promise<never>(() => {}),
      }),
    ],
  ])("throws store-unavailable if %s never ends, and aborts at once", async (_, openEntry) => {
    const slow = new KeychainCredentialStore({
      account: "codex",
      format: FORMAT,
      lockDirectory: join(directory, "lock"),
      timeoutMs: 20,
      openEntry,
    });
    const failure = {
      code: "store-unavailable",
      message: expect.stringContaining("did not respond within 0.02 s"),
    };
    await expect(slow.load()).rejects.toMatchObject(failure);
    await expect(slow.update(async () => CREDENTIALS)).rejects.toMatchObject(failure);
    const controller = new AbortController();
    const loading = openStore(openEntry).load({ signal: controller.signal });
    controller.abort();
    await expect(loading).rejects.toMatchObject({ code: "aborted" });
  });

  describe("with entries that are limited", () => {
    /** As Windows counts: two bytes for each character. */
    const limited = async (service: string, account: string): Promise<KeychainEntry> => {
      const entry = await memoryEntry(service, account);
      return {
        ...entry,
        setPassword: async (text) => {
          if (text.length * 2 > 2_560) throw new Error("The entry is longer than the platform limit.");
          await entry.setPassword(text);
        },
      };
    };
    const long = (token: string): Credentials => ({ ...CREDENTIALS, accessToken: token.repeat(3_000) });

    it("stores long credentials in parts, replaces them, and removes all", async () => {
      const store = openStore(limited);
      for (const credentials of [long("a"), long("bc"), CREDENTIALS, long("d")]) {
        await store.update(async () => credentials);
        expect(await openStore(limited).load()).toEqual(credentials);
      }
      expect(stored.size).toBe(4);
      await store.update(async () => undefined);
      expect(stored.size).toBe(0);
    });

    it("keeps the old credentials if a part cannot be stored", async () => {
      await openStore(limited).update(async () => long("a"));
      const before = new Map(stored);
      const full = async (service: string, account: string): Promise<KeychainEntry> => ({
        ...(await limited(service, account)),
        setPassword: async (text) => {
          if (account.endsWith(".2") || text.length > 1_280) throw new Error("full");
          stored.set(`${service}/${account}`, text);
        },
      });
      await expect(openStore(full).update(async () => long("b"))).rejects.toMatchObject({
        code: "store-unavailable",
      });
      expect(stored).toEqual(before);
    });

    it("reports a missing part as unusable", async () => {
      await openStore(limited).update(async () => long("a"));
      const part = [...stored.keys()].find((key) => key.endsWith(".2")) ?? "";
      stored.delete(part);
      await expect(openStore(limited).load()).rejects.toMatchObject({ code: "credentials-malformed" });
    });
  });

  it("proves that it can be written before a refresh, and leaves nothing behind", async () => {
    await openStore().update(async () => CREDENTIALS);
    await openStore().update(async (current, transaction) => {
      await transaction?.reserve?.();
      return current;
    });
    expect([...stored.keys()]).toEqual(["axio/codex"]);
    const readOnly = async (service: string, account: string): Promise<KeychainEntry> => ({
      ...(await memoryEntry(service, account)),
      setPassword: () => Promise.reject(new Error("locked")),
    });
    await expect(
      openStore(readOnly).update(async (current, transaction) => {
        await transaction?.reserve?.();
        return current;
      }),
    ).rejects.toMatchObject({ code: "store-unavailable" });
  });
});

describe("a service of the system that does not respond", needs(LINUX, KEYRING), () => {
  const SCRIPT = `
    import { KeychainCredentialStore, versionedFormat } from "axio-auth";
    const store = new KeychainCredentialStore({ account: "x", format: versionedFormat({ parse: (value) => value }), timeoutMs: Number(process.argv[2]) });
    await store.load().catch((error) => console.log(error.code));
  `;

  async function start(timeoutMs: number): Promise<{ child: ChildProcess; called: Promise<unknown> }> {
    const socket = join(directory, "bus");
    const sockets: Socket[] = [];
    const silent = createServer((connection) => void sockets.push(connection.on("error", () => {}))).listen(
      socket,
    );
    onTestFinished(async () => {
      for (const connection of sockets) connection.destroy();
      silent.close();
      await once(silent, "close");
    });
    await once(silent, "listening");
    const script = await bundleScript({ code: SCRIPT, directory: import.meta.dirname });
    const child = spawn(process.execPath, [script, String(timeoutMs)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, HOME: directory, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` },
    });
    onTestFinished(async () => {
      child.stdout?.destroy();
      child.kill("SIGKILL");
    });
    return { child, called: once(silent, "connection") };
  }

  it("is given up after the timeout, and the process ends", async () => {
    const { child } = await start(300);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    expect(await once(child, "close")).toEqual([0, null]);
    expect(output.trim()).toBe("store-unavailable");
  });

  it.each(["SIGTERM", "SIGINT"] as const)("does not delay %s", async (signal) => {
    const { child, called } = await start(600_000);
    await called;
    child.kill(signal);
    expect(await once(child, "close")).toEqual([null, signal]);
  });
});
