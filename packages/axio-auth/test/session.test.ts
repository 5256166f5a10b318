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

const NOW_S = 1_800_000_000;
const HOUR_S = 3_600;

function credentials(number: number, expiresIn: number): Credentials {
  return {
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    expiresAt: NOW_S + expiresIn,
    accountId: "account",
  };
}

function setUp(
  initial: Credentials | undefined,
  options: Partial<CredentialSessionOptions<Credentials>> = {},
) {
  const store = options.store ?? new MemoryCredentialStore(initial);
  let issued = 1;
  const refresh = vi.fn(async (_: Credentials, __: AbortSignal) => credentials(++issued, 10 * HOUR_S));
  const onWarning = vi.fn();
  const session = new CredentialSession<Credentials>({
    store,
    refresh,
    expiresAt: (c) => c.expiresAt,
    version: (c) => c.accessToken,
    onWarning,
    now: () => NOW_S * 1000,
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

/** A refresh that the test lets go on when it wants. */
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
  it("gives a fresh credential without asking the server", async () => {
    const { session, refresh } = setUp(credentials(1, HOUR_S));
    expect((await session.get()).accessToken).toBe("access-1");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("says that nobody is signed in, and how to sign in", async () => {
    const { session } = setUp(undefined, { signInHint: "Run axio-codex login." });
    await expect(session.get()).rejects.toMatchObject({
      code: "unauthenticated",
      message: "Nobody is signed in. Run axio-codex login.",
    });
  });

  it("waits for a renewal where 30 seconds or less are left, and saves before it gives", async () => {
    const { session, store, refresh } = setUp(credentials(1, 30));
    expect((await session.get()).accessToken).toBe("access-2");
    expect((await store.load())?.refreshToken).toBe("refresh-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("renews in the background from five minutes before the end, and does not wait for it", async () => {
    const held = heldRefresh(credentials(2, HOUR_S));
    const { session, store } = setUp(credentials(1, 299), { refresh: held.refresh });
    expect((await session.get()).accessToken).toBe("access-1");
    held.release();
    await vi.waitFor(async () => expect((await store.load())?.accessToken).toBe("access-2"));
    expect((await session.get()).accessToken).toBe("access-2");
  });

  it("takes a failure in the background as a warning, and does not try again at once", async () => {
    const refresh = failing("refresh-failed", true);
    const { session, onWarning } = setUp(credentials(1, 200), { refresh });
    await session.get();
    await vi.waitFor(() => expect(onWarning).toHaveBeenCalledTimes(1));
    await session.get();
    await session.get();
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("renews once for any number of callers", async () => {
    const { session, refresh } = setUp(credentials(1, -1));
    const all = await Promise.all(Array.from({ length: 50 }, () => session.get()));
    expect(new Set(all.map((c) => c.accessToken))).toEqual(new Set(["access-2"]));
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it.each(["refresh-token-revoked", "refresh-failed"] as const)(
    "asks once for all callers also where that ends in %s",
    async (code) => {
      const refresh = failing(code);
      const { session } = setUp(credentials(1, -1), { refresh });
      const all = await Promise.allSettled(Array.from({ length: 10 }, () => session.get()));
      expect(all.every((one) => one.status === "rejected" && AxioError.is(one.reason, code))).toBe(true);
      expect(refresh).toHaveBeenCalledTimes(1);
    },
  );

  it("lets a caller leave without ending the renewal for the others", async () => {
    const held = heldRefresh(credentials(2, HOUR_S));
    const { session } = setUp(credentials(1, -1), { refresh: held.refresh });
    const controller = new AbortController();
    const leaving = session.get({ signal: controller.signal });
    const staying = session.get();
    await vi.waitFor(() => expect(held.refresh).toHaveBeenCalled());
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ code: "aborted" });
    held.release();
    expect((await staying).accessToken).toBe("access-2");
    expect(held.refresh).toHaveBeenCalledTimes(1);
  });

  it("goes on with a token that is still valid when a renewal fails in passing", async () => {
    const { session, onWarning } = setUp(credentials(1, 20), { refresh: failing("refresh-failed", true) });
    expect((await session.get()).accessToken).toBe("access-1");
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ code: "refresh-failed" }));
  });

  it("passes on a passing failure where the token has ended, and keeps the credentials", async () => {
    const { session, store } = setUp(credentials(1, -1), { refresh: failing("refresh-failed", true) });
    await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed", retryable: true });
    expect((await store.load())?.refreshToken).toBe("refresh-1");
  });

  it("asks no more after a terminal failure, until somebody signs in", async () => {
    const refresh = failing("refresh-token-expired");
    const { session, store } = setUp(credentials(1, -1), { refresh });
    for (let call = 0; call < 5; call += 1) {
      await expect(session.get()).rejects.toMatchObject({ code: "refresh-token-expired" });
    }
    expect(refresh).toHaveBeenCalledTimes(1);
    expect(await store.load()).toBeDefined();
    await store.update(async () => credentials(9, HOUR_S));
    expect((await session.get()).accessToken).toBe("access-9");
  });

  it("takes what another process has renewed while it waited for the lock", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(change) {
        await memory.update(async () => credentials(7, HOUR_S));
        return memory.update(change);
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    expect((await session.get()).accessToken).toBe("access-7");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("takes what a program that knows no lock has saved, after the server called the token used up", async () => {
    const store = new MemoryCredentialStore(credentials(1, -1));
    let stored = await store.load();
    const foreign: CredentialStore<Credentials> = {
      load: async () => stored,
      update: async (change) => change(stored),
    };
    const { session } = setUp(undefined, {
      store: foreign,
      refresh: async () => {
        stored = credentials(8, HOUR_S);
        throw new AxioError("refresh-token-reused", "Used up.");
      },
    });
    expect((await session.get()).accessToken).toBe("access-8");
  });

  it("does not lose a renewed token when saving fails: the next call saves it, without the network", async () => {
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

  it("runs no second request where the store runs the change again", async () => {
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

  it("does not renew for ever where the clock says that new tokens have ended", async () => {
    let issued = 1;
    const refresh = vi.fn(async () => credentials(++issued, -86_400));
    const { session } = setUp(credentials(1, -86_400), { refresh });
    for (let call = 0; call < 5; call += 1) expect((await session.get()).accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("does not renew a token of short life at every call", async () => {
    let issued = 1;
    const refresh = vi.fn(async () => credentials(++issued, 120));
    const { session } = setUp(credentials(1, -1), { refresh });
    for (let call = 0; call < 5; call += 1) expect((await session.get()).accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("gives up the wait for the lock once another process has saved what it waits for", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    let leave: AbortSignal | undefined;
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(_, options) {
        leave = options?.signal;
        await memory.update(async () => credentials(7, HOUR_S));
        return new Promise((_resolve, reject) =>
          leave?.addEventListener("abort", () => reject(new AxioError("aborted", "Left."))),
        );
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    expect((await session.get()).accessToken).toBe("access-7");
    expect([refresh.mock.calls.length, leave?.aborted]).toEqual([0, true]);
  });

  it("asks the server for nothing where its turn is lost, and takes what came in between", async () => {
    const memory = new MemoryCredentialStore(credentials(1, -1));
    const store: CredentialStore<Credentials> = {
      load: () => memory.load(),
      async update(change) {
        await change(await memory.load(), { markInFlight: () => false });
        await memory.update(async () => credentials(7, HOUR_S));
        return memory.update(change);
      },
    };
    const { session, refresh } = setUp(undefined, { store });
    expect((await session.get()).accessToken).toBe("access-7");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("awaits onRefresh, and survives its failure", async () => {
    const seen: string[] = [];
    const { session, onWarning } = setUp(credentials(1, -1), {
      onRefresh: async (c) => {
        await Promise.resolve();
        seen.push(c.accessToken);
        throw new Error("no room");
      },
    });
    expect((await session.get()).accessToken).toBe("access-2");
    expect(seen).toEqual(["access-2"]);
    expect(onWarning).toHaveBeenCalledTimes(1);
  });

  it("gives up a renewal that does not end", async () => {
    const { session } = setUp(credentials(1, -1), {
      refreshTimeoutMs: 5,
      refresh: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    await expect(session.get()).rejects.toMatchObject({ code: "refresh-failed", retryable: true });
  });
});

describe("several sessions on one store, with tokens of a short life", () => {
  function share(
    lifetime: number,
    count: number,
    options: Partial<CredentialSessionOptions<Credentials>> = {},
  ) {
    const store = new MemoryCredentialStore(credentials(1, -1));
    const clock = { s: NOW_S };
    let issued = 1;
    const refresh = vi.fn(async () => credentials(++issued, clock.s - NOW_S + lifetime));
    const now = () => clock.s * 1000;
    const sessions = Array.from(
      { length: count },
      () => setUp(undefined, { store, refresh, now, ...options }).session,
    );
    const getAll = async () => {
      const given: string[] = [];
      for (const session of sessions) given.push((await session.get()).accessToken);
      return given;
    };
    return { clock, refresh, getAll };
  }

  it.each([2, 20, 100])("of %i s renew each token once, at its end", async (lifetime) => {
    const { clock, refresh, getAll } = share(lifetime, 4, { lifetime: () => lifetime });
    for (let expiry = 1; expiry <= 5; expiry += 1) {
      for (let look = 0; look < 3; look += 1) {
        expect(new Set(await getAll())).toEqual(new Set([`access-${expiry + 1}`]));
      }
      expect(refresh).toHaveBeenCalledTimes(expiry);
      clock.s += lifetime;
    }
  });

  it("also where the token does not tell its life, once it has been seen to change", async () => {
    const { clock, refresh, getAll } = share(20, 4);
    for (let look = 0; look < 3; look += 1) await getAll();
    const before = refresh.mock.calls.length;
    for (let expiry = 1; expiry <= 3; expiry += 1) {
      clock.s += 20;
      for (let look = 0; look < 3; look += 1) expect(new Set(await getAll()).size).toBe(1);
      expect(refresh).toHaveBeenCalledTimes(before + expiry);
    }
  });

  it("come to rest where the clock says that new tokens have ended", async () => {
    const { refresh, getAll } = share(-86_400, 4);
    for (let look = 0; look < 5; look += 1) await getAll();
    expect(refresh.mock.calls.length).toBeLessThanOrEqual(4);
  });
});

describe("CredentialSession.handleUnauthorized", () => {
  it("renews the stored credential where that has ended as well", async () => {
    const { session, store, refresh } = setUp(credentials(1, HOUR_S), { lifetime: () => 2 });
    const rejected = await session.get();
    await store.update(async () => credentials(5, -1));
    expect((await session.handleUnauthorized(rejected)).accessToken).toBe("access-2");
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("renews the rejected credential, once for all callers", async () => {
    const { session, refresh } = setUp(credentials(1, HOUR_S));
    const rejected = await session.get();
    const all = await Promise.all([1, 2, 3].map(() => session.handleUnauthorized(rejected)));
    expect(all.map((c) => c.accessToken)).toEqual(["access-2", "access-2", "access-2"]);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it("takes the stored credential where it is another by now", async () => {
    const { session, store, refresh } = setUp(credentials(1, HOUR_S));
    const rejected = await session.get();
    await store.update(async () => credentials(5, HOUR_S));
    expect((await session.handleUnauthorized(rejected)).accessToken).toBe("access-5");
    expect(refresh).not.toHaveBeenCalled();
  });

  it("asks no more after a terminal failure", async () => {
    const refresh = failing("refresh-token-revoked");
    const { session } = setUp(credentials(1, HOUR_S), { refresh });
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

describe("secrets", () => {
  it("do not show when a session, a store or a credential is logged", async () => {
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
