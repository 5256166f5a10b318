import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KeychainCredentialStore, type KeychainEntry } from "../src/index.ts";
import { type Credentials, FORMAT } from "./support/credentials.ts";

const CREDENTIALS: Credentials = {
  accessToken: "secret-access",
  refreshToken: "secret-refresh",
  expiresAt: 1_800_000_000,
  accountId: "account-1",
};

let directory = "";
let stored: Map<string, string>;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "axio-keychain-"));
  stored = new Map();
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function openStore(openEntry: (service: string, account: string) => Promise<KeychainEntry> = memoryEntry) {
  const lockDirectory = join(directory, "lock");
  return new KeychainCredentialStore({ account: "codex", format: FORMAT, lockDirectory, openEntry });
}

async function memoryEntry(service: string, account: string): Promise<KeychainEntry> {
  const key = `${service}/${account}`;
  return {
    getPassword: async () => stored.get(key) ?? null,
    setPassword: async (text) => void stored.set(key, text),
    deletePassword: async () => stored.delete(key),
  };
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

  it("runs one change at a time", async () => {
    await openStore().update(async () => ({ ...CREDENTIALS, expiresAt: 0 }));
    const add = () =>
      openStore().update(async (current) => ({ ...CREDENTIALS, expiresAt: (current?.expiresAt ?? 0) + 1 }));
    await Promise.all([add(), add(), add(), add()]);
    const { credentials } = JSON.parse(stored.get("axio/codex") ?? "") as { credentials: Credentials };
    expect(credentials.expiresAt).toBe(4);
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

  it("does not show secrets in logs", async () => {
    await openStore().update(async () => CREDENTIALS);
    expect(inspect([openStore(), await openStore().load()], { depth: 9, showHidden: true })).not.toContain(
      "secret-",
    );
  });
});
