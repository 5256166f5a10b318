import { inspect } from "node:util";
import { AxioError } from "axio";
import { describe, expect, it, vi } from "vitest";
import {
  CredentialSession,
  type CredentialSessionOptions,
  type CredentialStore,
  MemoryCredentialStore,
} from "../src/index.ts";
import type { Credentials } from "./support/credentials.ts";

const NOW = 1_800_000_000_000;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

function credentials(number: number, expiresInMs: number): Credentials {
  return {
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    expiresAt: NOW + expiresInMs,
    accountId: "account",
  };
}

function setUp(
  initial: Credentials | undefined,
  options: Partial<CredentialSessionOptions<Credentials>> = {},
) {
  const store = options.store ?? new MemoryCredentialStore(initial);
  let issued = 1;
  const refresh = vi.fn(async (_: Credentials, __: AbortSignal) => credentials(++issued, 10 * HOUR_MS));
  const onWarning = vi.fn();
  const session = new CredentialSession<Credentials>({
    store,
    refresh,
    expiresAt: (c) => c.expiresAt,
    version: (c) => c.accessToken,
    onWarning,
    now: () => NOW,
    reuseGraceMs: 0,
    ...options,
  });
  return { store, refresh, session, onWarning };
}

function failing(code: AxioError["code"], retryable = false) {
  return vi.fn(async () => {
    throw new AxioError(code, `It is ${code}.`, { retryable });
  });
}

/** A refresh that waits for `release`. */
function heldRefresh(result: Credentials) {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const refresh = vi.fn(async () => {
    await gate;
    return result;
  });
  return { refresh, release };
}

describe("CredentialSession.get", () => {
  it("returns valid credentials without a request", async () => {
    const { session, refresh } = setUp(credentials(1, HOUR_MS));
    expect((await session.get()).accessToken).toBe("access-1");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("throws unauthenticated with a hint if the store is empty", async () => {
    const { session } = setUp(undefined, { signInHint: "Run axio-codex login." });
    await expect(session.get()).rejects.toMatchObject({
      code: "unauthenticated",
      message: "You are not signed in. Run axio-codex login.",
    });
  });

  it("refreshes and saves before it returns if 30 seconds or less remain", async () => {
    const { session, store, refresh } = setUp(credentials(1, 30 * SECOND_MS));
    expect((await session.get()).accessToken).toBe("access-2");
    expect((await store.load())?.refreshToken).toBe("refresh-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("refreshes in the background if less than five minutes remain", async () => {
    const held = heldRefresh(credentials(2, HOUR_MS));
    const { session, store } = setUp(credentials(1, 299 * SECOND_MS), { refresh: held.refresh });
    expect((await session.get()).accessToken).toBe("access-1");
    held.release();
    await vi.waitFor(async () => expect((await store.load())?.accessToken).toBe("access-2"));
    expect((await session.get()).accessToken).toBe("access-2");
  });

  it("reports a failure in the background as a warning and backs off", async () => {
    const refresh = failing("refresh-failed", true);
    const { session, onWarning } = setUp(credentials(1, 200 * SECOND_MS), { refresh });
    await session.get();
    await vi.waitFor(() => expect(onWarning).toHaveBeenCalledTimes(1));
    await session.get();
    await session.get();
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("refreshes once for concurrent callers", async () => {
    const { session, refresh } = setUp(credentials(1, -1));
    const all = await Promise.all(Array.from({ length: 50 }, () => session.get()));
    expect(new Set(all.map((c) => c.accessToken))).toEqual(new Set(["access-2"]));
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it.each(["refresh-token-revoked", "refresh-failed"] as const)(
    "sends one request for concurrent callers if it fails with %s",
    async (code) => {
      const refresh = failing(code);
      const { session } = setUp(credentials(1, -1), { refresh });
      const all = await Promise.allSettled(Array.from({ length: 10 }, () => session.get()));
      expect(all.every((one) => one.status === "rejected" && AxioError.is(one.reason, code))).toBe(true);
      expect(refresh).toHaveBeenCalledTimes(1);
    },
  );

  it("continues a refresh for other callers when one aborts", async () => {
    const held = heldRefresh(credentials(2, HOUR_MS));
    const { session } = setUp(credentials(1, -1), { refresh: held.refresh });
    const controller = new AbortController();
    const aborted = session.get({ signal: controller.signal });
    const waiting = session.get();
    await vi.waitFor(() => expect(held.refresh).toHaveBeenCalled());
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
    held.release();
    expect((await waiting).accessToken).toBe("access-2");
    expect(held.refresh).toHaveBeenCalledTimes(1);
  });

  it("returns a token that is still valid if the refresh fails transiently", async () => {
    const { session, onWarning } = setUp(credentials(1, 20 * SECOND_MS), {
      refresh: failing("refresh-failed", true),
    });
    expect((await session.get()).accessToken).toBe("access-1");
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ code: "refresh-failed" }));
  });

  it("throws a transient failure if the token has expired, and keeps the credentials", async () => {
    const { session, store } = setUp(credentials(1, -1), { refresh: failing("refresh-failed", true) });
    await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed", retryable: true });
    expect((await store.load())?.refreshToken).toBe("refresh-1");
  });

  it("sends no request after a permanent failure until the next sign-in", async () => {
    const refresh = failing("refresh-token-expired");
    const { session, store } = setUp(credentials(1, -1), { refresh });
    for (let call = 0; call < 5; call += 1) {
      await expect(session.get()).rejects.toMatchObject({ code: "refresh-token-expired" });
    }
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(await store.load()).toBeDefined();
    await store.update(async () => credentials(9, HOUR_MS));
    expect((await session.get()).accessToken).toBe("access-9");
  });

  it("uses credentials that another process refreshed while it waited for the lock", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(change) {
        await memory.update(async () => credentials(7, HOUR_MS));
        return memory.update(change);
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    expect((await session.get()).accessToken).toBe("access-7");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("uses credentials that a program without the lock saved, after refresh-token-reused", async () => {
    const store = new MemoryCredentialStore(credentials(1, -1));
    let stored = await store.load();
    const foreign: CredentialStore<Credentials> = {
      load: async () => stored,
      update: async (change) => change(stored),
    };
    const { session } = setUp(undefined, {
      store: foreign,
      refresh: async () => {
        stored = credentials(8, HOUR_MS);
        throw new AxioError("refresh-token-reused", "It was used.");
      },
    });
    expect((await session.get()).accessToken).toBe("access-8");
  });

  it("keeps refreshed credentials if saving fails, and saves them with the next call", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    let broken = true;
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(change) {
        if (!broken) return memory.update(change);
        await change(await memory.load());
        throw new AxioError("store-unavailable", "The disk is full.");
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    await expect(session.get()).rejects.toMatchObject({ code: "store-unavailable" });
    broken = false;
    expect((await session.get()).accessToken).toBe("access-2");
    expect((await memory.load())?.accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("sends one request if the store repeats the change", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(change) {
        await change(await memory.load());
        return memory.update(change);
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    expect((await session.get()).accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("does not refresh endlessly if new tokens seem expired to the local clock", async () => {
    let issued = 1;
    const refresh = vi.fn(async () => credentials(++issued, -24 * HOUR_MS));
    const { session } = setUp(credentials(1, -24 * HOUR_MS), { refresh });
    for (let call = 0; call < 5; call += 1) expect((await session.get()).accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("does not refresh a token with a short lifetime with every call", async () => {
    let issued = 1;
    const refresh = vi.fn(async () => credentials(++issued, 120 * SECOND_MS));
    const { session } = setUp(credentials(1, -1), { refresh });
    for (let call = 0; call < 5; call += 1) expect((await session.get()).accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("stops waiting for the lock when another process has saved newer credentials", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    let waiting: AbortSignal | undefined;
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(_, options) {
        waiting = options?.signal;
        await memory.update(async () => credentials(7, HOUR_MS));
        return new Promise((_resolve, reject) =>
          waiting?.addEventListener("abort", () => reject(new AxioError("aborted", "It was aborted."))),
        );
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    expect((await session.get()).accessToken).toBe("access-7");
    expect([refresh.mock.calls.length, waiting?.aborted]).toEqual([0, true]);
  });

  it("sends no request if the transaction is lost, and uses the newer credentials", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(change) {
        await change(await memory.load(), { markInFlight: () => false });
        await memory.update(async () => credentials(7, HOUR_MS));
        return memory.update(change);
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    expect((await session.get()).accessToken).toBe("access-7");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("awaits onRefresh, and reports its failure as a warning", async () => {
    const seen: string[] = [];
    const { session, onWarning } = setUp(credentials(1, -1), {
      onRefresh: async (c) => {
        await Promise.resolve();
        seen.push(c.accessToken);
        throw new Error("no space");
      },
    });
    expect((await session.get()).accessToken).toBe("access-2");
    expect(seen).toEqual(["access-2"]);
    expect(onWarning).toHaveBeenCalledTimes(1);
  });

  it("throws refresh-failed after the timeout", async () => {
    const { session } = setUp(credentials(1, -1), {
      refreshTimeoutMs: 5,
      refresh: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed", retryable: true });
  });
});

describe("several sessions on one store, with tokens of a short lifetime", () => {
  function share(
    lifetimeMs: number,
    count: number,
    options: Partial<CredentialSessionOptions<Credentials>> = {},
  ) {
    const store = new MemoryCredentialStore(credentials(1, -1));
    const clock = { now: NOW };
    let issued = 1;
    const refresh = vi.fn(async () => credentials(++issued, clock.now - NOW + lifetimeMs));
    const now = () => clock.now;
    const sessions = Array.from(
      { length: count },
      () => setUp(undefined, { store, refresh, now, ...options }).session,
    );
    const getAll = async () => {
      const tokens: string[] = [];
      for (const session of sessions) tokens.push((await session.get()).accessToken);
      return tokens;
    };
    return { clock, refresh, getAll };
  }

  it.each([2_000, 20_000, 100_000])(
    "refresh each token once, when its %i ms are over",
    async (lifetimeMs) => {
      const { clock, refresh, getAll } = share(lifetimeMs, 4, { lifetimeMs: () => lifetimeMs });
      for (let expiry = 1; expiry <= 5; expiry += 1) {
        for (let call = 0; call < 3; call += 1) {
          expect(new Set(await getAll())).toEqual(new Set([`access-${expiry + 1}`]));
        }
        expect(refresh).toHaveBeenCalledTimes(expiry);
        clock.now += lifetimeMs;
      }
    },
  );

  it("refresh each token once without a stated lifetime, after its first change", async () => {
    const { clock, refresh, getAll } = share(20_000, 4);
    for (let call = 0; call < 3; call += 1) await getAll();
    const before = refresh.mock.calls.length;
    for (let expiry = 1; expiry <= 3; expiry += 1) {
      clock.now += 20_000;
      for (let call = 0; call < 3; call += 1) expect(new Set(await getAll()).size).toBe(1);
      expect(refresh).toHaveBeenCalledTimes(before + expiry);
    }
  });

  it("stop refreshing if new tokens seem expired to the local clock", async () => {
    const { refresh, getAll } = share(-24 * HOUR_MS, 4);
    for (let call = 0; call < 5; call += 1) await getAll();
    expect(refresh.mock.calls.length).toBeLessThanOrEqual(4);
  });
});

describe("CredentialSession.handleUnauthorized", () => {
  it("refreshes the stored credentials if they have expired too", async () => {
    const { session, store, refresh } = setUp(credentials(1, HOUR_MS), { lifetimeMs: () => 2 * SECOND_MS });
    const rejected = await session.get();
    await store.update(async () => credentials(5, -1));
    expect((await session.handleUnauthorized(rejected)).accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("refreshes rejected credentials once for concurrent callers", async () => {
    const { session, refresh } = setUp(credentials(1, HOUR_MS));
    const rejected = await session.get();
    const all = await Promise.all([1, 2, 3].map(() => session.handleUnauthorized(rejected)));
    expect(all.map((c) => c.accessToken)).toEqual(["access-2", "access-2", "access-2"]);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("returns the stored credentials if they are newer", async () => {
    const { session, store, refresh } = setUp(credentials(1, HOUR_MS));
    const rejected = await session.get();
    await store.update(async () => credentials(5, HOUR_MS));
    expect((await session.handleUnauthorized(rejected)).accessToken).toBe("access-5");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("sends no request after a permanent failure", async () => {
    const refresh = failing("refresh-token-revoked");
    const { session } = setUp(credentials(1, HOUR_MS), { refresh });
    const rejected = await session.get();
    await expect(session.handleUnauthorized(rejected)).rejects.toMatchObject({
      code: "refresh-token-revoked",
    });
    await expect(session.handleUnauthorized(rejected)).rejects.toMatchObject({
      code: "refresh-token-revoked",
    });
    expect(refresh).toHaveBeenCalledTimes(1);
  });
});

describe("logging", () => {
  it("does not show the secrets of a session, a store or credentials", async () => {
    const { session, store } = setUp(credentials(1, -1));
    const fresh = await session.get();
    const shown = [session, store, fresh, { fresh }, [fresh], await store.load()].map((value) =>
      inspect(value, { depth: 10, showHidden: true }),
    );
    expect(shown.join("\n")).not.toMatch(/access-|refresh-/);
    expect(inspect(fresh)).toContain("account");
    expect(JSON.parse(JSON.stringify(fresh))).toMatchObject({ accessToken: "access-2" });
  });
});
