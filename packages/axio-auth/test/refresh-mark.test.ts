import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxioError } from "axio";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  CredentialSession,
  type CredentialStore,
  FileCredentialStore,
  KeychainCredentialStore,
  MemoryCredentialStore,
  versionedFormat,
} from "../src/index.ts";

interface Marked {
  readonly token: string;
  readonly mark?: string | undefined;
}

const FORMAT = versionedFormat<Marked>({
  parse: (value) => ({
    token: String(value["token"]),
    mark: typeof value["mark"] === "string" ? value["mark"] : undefined,
  }),
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "axio-mark-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const STORES: Readonly<Record<string, () => Promise<CredentialStore<Marked>>>> = {
  memory: async () => new MemoryCredentialStore<Marked>(),
  file: async () => new FileCredentialStore({ path: join(await folder(), "it.json"), format: FORMAT }),
  keychain: async () => {
    let stored: string | undefined;
    return new KeychainCredentialStore({
      account: "it",
      format: FORMAT,
      lockDirectory: await folder(),
      openEntry: async () => ({
        getPassword: async () => stored,
        setPassword: async (text) => {
          stored = text;
        },
        deletePassword: async () => {
          stored = undefined;
        },
      }),
    });
  },
};

/** Creates a session with an expired token that is marked before a refresh. */
async function sessionOn(store: CredentialStore<Marked>, refresh: (old: Marked) => Promise<Marked>) {
  await store.update(async () => ({ token: "old" }));
  return new CredentialSession<Marked>({
    store,
    refresh,
    expiresAt: ({ token }) => (token === "old" ? 1 : undefined),
    version: ({ token }) => token,
    markRefreshing: (credentials) => ({ ...credentials, mark: "refreshing" }),
  });
}

describe.each(Object.entries(STORES))("the mark of a refresh in a %s store", (_name, open) => {
  test("is stored during the refresh, and removed with its result", async () => {
    const store = await open();
    let seen: Marked | undefined;
    const session = await sessionOn(store, async () => {
      seen = await store.load();
      return { token: "new" };
    });
    expect(await session.get()).toEqual({ token: "new" });
    expect(seen).toEqual({ token: "old", mark: "refreshing" });
    expect(await store.load()).toEqual({ token: "new" });
  });

  test("stays if the response is lost, and is passed to the next refresh", async () => {
    const store = await open();
    const marks: (string | undefined)[] = [];
    const session = await sessionOn(store, async ({ mark }) => {
      marks.push(mark);
      throw new AxioError("refresh-failed", "The connection broke.", { retryable: true });
    });
    for (const _ of [1, 2]) await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed" });
    expect(marks).toEqual([undefined, "refreshing"]);
    expect(await store.load()).toEqual({ token: "old", mark: "refreshing" });
  });

  test.each([
    ["the connection failed", { connected: false }],
    ["the server rejected the request", { status: 429 }],
  ])("is removed if %s", async (_why, details) => {
    const store = await open();
    const session = await sessionOn(store, async () => {
      throw new AxioError("refresh-failed", "It failed.", { retryable: true, details });
    });
    await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed" });
    expect(await store.load()).toEqual({ token: "old" });
  });
});

test("sends no request if another program wrote before the mark was saved", async () => {
  const path = join(await folder(), "it.json");
  const store = new FileCredentialStore({ path, format: FORMAT });
  const refresh = vi.fn(async () => ({ token: "new" }));
  await store.update(async () => ({ token: "old" }));
  const session = new CredentialSession<Marked>({
    store,
    refresh,
    expiresAt: ({ token }) => (token === "old" ? 1 : undefined),
    version: ({ token }) => token,
    markRefreshing(credentials) {
      // A program without the lock writes at the worst moment.
      writeFileSync(path, JSON.stringify({ token: "another" }));
      return { ...credentials, mark: "refreshing" };
    },
  });
  expect(await session.get()).toEqual({ token: "another" });
  expect(refresh).not.toHaveBeenCalled();
});
