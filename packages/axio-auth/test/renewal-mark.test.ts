import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxioError, type JsonObject } from "axio";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  CredentialSession,
  type CredentialStore,
  FileCredentialStore,
  KeychainCredentialStore,
  MemoryCredentialStore,
} from "../src/index.ts";

interface Marked {
  readonly token: string;
  readonly mark?: string;
}

const parse = (value: JsonObject): Marked => ({
  token: String(value["token"]),
  ...(typeof value["mark"] === "string" ? { mark: value["mark"] } : {}),
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "axio-mark-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const STORES: Readonly<Record<string, () => Promise<CredentialStore<Marked>>>> = {
  memory: async () => new MemoryCredentialStore<Marked>(),
  file: async () => new FileCredentialStore({ path: join(await folder(), "it.json"), parse }),
  keychain: async () => {
    let kept: string | undefined;
    return new KeychainCredentialStore({
      account: "it",
      parse,
      lockFolder: await folder(),
      openEntry: async () => ({
        getPassword: async () => kept,
        setPassword: async (text) => {
          kept = text;
        },
        deletePassword: async () => {
          kept = undefined;
        },
      }),
    });
  },
};

/** A session whose token has ended, and that marks it before it asks for another. */
async function sessionOn(store: CredentialStore<Marked>, refresh: (old: Marked) => Promise<Marked>) {
  await store.update(async () => ({ token: "old" }));
  return new CredentialSession<Marked>({
    store,
    refresh,
    expiresAt: ({ token }) => (token === "old" ? 1 : undefined),
    version: ({ token }) => token,
    markRefreshing: (credentials) => ({ ...credentials, mark: "asked" }),
  });
}

describe.each(Object.entries(STORES))("a mark of a renewal in a %s store", (_name, open) => {
  test("is there while the renewal is asked for, and gone with its result", async () => {
    const store = await open();
    let seen: Marked | undefined;
    const session = await sessionOn(store, async () => {
      seen = await store.load();
      return { token: "new" };
    });
    expect(await session.get()).toEqual({ token: "new" });
    expect(seen).toEqual({ token: "old", mark: "asked" });
    expect(await store.load()).toEqual({ token: "new" });
  });

  test("stays where the answer was lost, and is told to the next renewal", async () => {
    const store = await open();
    const told: (string | undefined)[] = [];
    const session = await sessionOn(store, async ({ mark }) => {
      told.push(mark);
      throw new AxioError("refresh-failed", "The answer broke off.", { retryable: true });
    });
    for (const _ of [1, 2]) await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed" });
    expect(told).toEqual([undefined, "asked"]);
    expect(await store.load()).toEqual({ token: "old", mark: "asked" });
  });

  test.each([
    ["no connection came about", { connected: false }],
    ["the server refused the request", { status: 429 }],
  ])("is taken back where %s", async (_why, details) => {
    const store = await open();
    const session = await sessionOn(store, async () => {
      throw new AxioError("refresh-failed", "It failed.", { retryable: true, details });
    });
    await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed" });
    expect(await store.load()).toEqual({ token: "old" });
  });
});

test("where another program wrote between, the mark is not saved and nothing is asked", async () => {
  const path = join(await folder(), "it.json");
  const store = new FileCredentialStore({ path, parse });
  const refresh = vi.fn(async () => ({ token: "new" }));
  await store.update(async () => ({ token: "old" }));
  const session = new CredentialSession<Marked>({
    store,
    refresh,
    expiresAt: ({ token }) => (token === "old" ? 1 : undefined),
    version: ({ token }) => token,
    markRefreshing(credentials) {
      // A program that knows no lock, in the worst moment.
      writeFileSync(path, JSON.stringify({ token: "another" }));
      return { ...credentials, mark: "asked" };
    },
  });
  expect(await session.get()).toEqual({ token: "another" });
  expect(refresh).not.toHaveBeenCalled();
});
