import { setTimeout as sleep } from "node:timers/promises";
import type { CredentialStore } from "axio-auth";
import { POSTGRES, startPostgres } from "test-support/postgres";
import { FULL_RUN, needs } from "test-support/requirements";
import { NETWORKS } from "test-support/separate-network";
import { describe, expect, it, onTestFinished } from "vitest";
import { openPostgres } from "../src/index.ts";
import { openCutOffHosts } from "./support/cut-off-hosts.ts";
import { type SharedCredentials, sharedSession, sharedStore } from "./support/shared-session.ts";
import { startTokenServer, tokenOf } from "./support/token-server.ts";

/** How long a network is cut, and with which timeouts. In the short form, the test ends the claim. */
const SPLITS = [
  { name: "for longer than its claim", isLong: false, timeoutMs: 1_000 },
  { name: "for 90 seconds", isLong: true, timeoutMs: undefined },
].map((split) => ({ ...split, options: { ...(split.isLong ? needs(FULL_RUN) : {}), timeout: 180_000 } }));
const LONG_SPLIT_MS = 90_000;

describe("A host that is cut off from the database", needs(POSTGRES, NETWORKS), () => {
  it("between the response and the save of a refresh loses no sign-in: it saves when the network is back, and the others wait for that", async () => {
    const { database, tokens, host, other } = await openCutOffHosts();
    host.ask();
    expect(await host.next()).toBe("claimed");
    host.go();
    expect(await host.next()).toBe("answered");
    await database.cut();
    host.go();
    await expect.poll(() => database.unacknowledged(), { timeout: 20_000 }).toBeGreaterThan(0);
    const waiting = other().get();
    await database.heal();
    expect(await host.next()).toBe(tokenOf(2));
    expect(await waiting).toEqual({ token: tokenOf(2) });
    expect(tokens).toMatchObject({ requests: 1, reused: 0 });
  }, 120_000);

  for (const { name, isLong, timeoutMs, options } of SPLITS) {
    it(
      `before its request, ${name}, sends nothing, and uses what another host has refreshed`,
      options,
      async () => {
        const { database, tokens, host, other, endClaim } = await openCutOffHosts({ timeoutMs });
        host.ask();
        expect(await host.next()).toBe("claimed");
        await database.cut();
        const cutAt = performance.now();
        host.go();
        expect(await host.next()).toBe("store-unavailable");
        if (!isLong) await endClaim();
        expect(await other().get()).toEqual({ token: tokenOf(2) });
        if (isLong) await sleep(Math.max(0, LONG_SPLIT_MS - (performance.now() - cutAt)));
        await database.heal();
        await expect.poll(() => host.get(), { timeout: 60_000 }).toBe(tokenOf(2));
        expect(tokens).toMatchObject({ requests: 1, reused: 0, atOnce: 1 });
      },
    );

    it(
      `between the response and the save of a refresh, ${name}, saves it when the network is back, and all others use it`,
      options,
      async () => {
        const { database, tokens, host, other, endClaim } = await openCutOffHosts({ timeoutMs });
        host.ask();
        expect(await host.next()).toBe("claimed");
        host.go();
        expect(await host.next()).toBe("answered");
        await database.cut();
        const cutAt = performance.now();
        host.go();
        expect(await host.next()).toBe("store-unavailable");
        if (!isLong) await endClaim();
        const [second, third] = [other(), other()];
        // The claim is over, so it tries the token that is used up. All others know that from the database.
        await expect(second.get()).rejects.toMatchObject({ code: "refresh-token-reused" });
        await expect(third.get()).rejects.toMatchObject({ code: "refresh-token-reused" });
        expect(tokens).toMatchObject({ requests: 2, reused: 1, atOnce: 1 });
        if (isLong) await sleep(Math.max(0, LONG_SPLIT_MS - (performance.now() - cutAt)));
        await database.heal();
        await expect.poll(() => host.get(), { timeout: 60_000 }).toBe(tokenOf(2));
        for (const each of [second, third, other()]) expect(await each.get()).toEqual({ token: tokenOf(2) });
        expect(tokens.requests).toBe(2);
      },
    );
  }
});

describe("A host that is cut off from the authorization server", needs(POSTGRES, NETWORKS), () => {
  it("before its request fails with a typed error, and the others wait for that before they refresh", async () => {
    const { authorization, tokens, host, other } = await openCutOffHosts({ refreshTimeoutMs: 1_500 });
    host.ask();
    expect(await host.next()).toBe("claimed");
    await authorization.cut();
    const waiting = other().get();
    host.go();
    expect(await host.next()).toBe("refresh-failed");
    expect(await waiting).toEqual({ token: tokenOf(2) });
    await authorization.heal();
    expect(await host.get()).toBe(tokenOf(2));
    expect(tokens).toMatchObject({ requests: 1, reused: 0 });
  }, 120_000);

  it("before the response gets it when the network is back, and the others wait for that", async () => {
    const { authorization, tokens, host, other } = await openCutOffHosts();
    const respond = tokens.hold();
    host.ask();
    expect(await host.next()).toBe("claimed");
    host.go();
    await expect.poll(() => tokens.requests, { timeout: 20_000 }).toBe(1);
    await authorization.cut();
    const waiting = other().get();
    respond();
    await expect.poll(() => authorization.undelivered(), { timeout: 20_000 }).toBeGreaterThan(0);
    await authorization.heal();
    expect(await host.outcome()).toBe(tokenOf(2));
    expect(await waiting).toEqual({ token: tokenOf(2) });
    expect(tokens).toMatchObject({ requests: 1, reused: 0, atOnce: 1 });
  }, 120_000);
});

/** How long a response takes, with the default timeouts. Without a time, the test decides, with a short timeout. */
const SLOW = [
  { name: "slow", afterMs: undefined, options: { timeout: 60_000 } },
  { name: "59 seconds slow", afterMs: 59_000, options: { ...needs(FULL_RUN), timeout: 180_000 } },
];
const TOO_SLOW = [
  { name: "too slow", refreshTimeoutMs: 1_000, options: { timeout: 60_000 } },
  { name: "61 seconds slow", refreshTimeoutMs: undefined, options: { ...needs(FULL_RUN), timeout: 180_000 } },
];

describe("Hosts with an authorization server that is slow", needs(POSTGRES), () => {
  /** A sign-in on two hosts, and how often the second one has looked for the refresh of the first. */
  async function openTwo(refreshTimeoutMs?: number) {
    const server = await startPostgres();
    onTestFinished(() => server[Symbol.asyncDispose]());
    const tokens = await startTokenServer();
    const open = async () => {
      const database = await openPostgres({ connection: server.url(), migrate: true });
      onTestFinished(() => database.close());
      return sharedStore(database);
    };
    const [first, second] = [await open(), await open()];
    await first.update(async () => ({ token: tokenOf(1) }));
    let looks = 0;
    const counting: CredentialStore<SharedCredentials> = {
      load: (options) => {
        looks += 1;
        return second.load(options);
      },
      update: (change, options) => second.update(change, options),
    };
    const origin = `http://127.0.0.1:${tokens.port}`;
    return {
      tokens,
      first: sharedSession(first, origin, refreshTimeoutMs),
      second: sharedSession(counting, origin, refreshTimeoutMs),
      isWaiting: () => looks > 3,
    };
  }

  for (const { name, afterMs, options } of SLOW)
    it(`wait for it under one claim if it is ${name}`, options, async () => {
      const { tokens, first, second, isWaiting } = await openTwo();
      const respond = tokens.hold();
      const one = first.get();
      await expect.poll(() => tokens.requests, { timeout: 20_000 }).toBe(1);
      const other = second.get();
      await expect.poll(isWaiting, { timeout: 20_000 }).toBe(true);
      if (afterMs !== undefined) await sleep(afterMs);
      respond();
      expect(await Promise.all([one, other])).toEqual([{ token: tokenOf(2) }, { token: tokenOf(2) }]);
      expect(tokens).toMatchObject({ requests: 1, reused: 0 });
    });

  for (const { name, refreshTimeoutMs, options } of TOO_SLOW)
    it(
      `end the request before the claim if it is ${name}, and say that the token is used up`,
      options,
      async () => {
        const { tokens, first, second, isWaiting } = await openTwo(refreshTimeoutMs);
        tokens.hold();
        const one = first.get();
        const failed = expect(one).rejects.toMatchObject({ code: "refresh-failed", retryable: true });
        await expect.poll(() => tokens.requests, { timeout: 20_000 }).toBe(1);
        tokens.hold()();
        const other = second.get();
        await expect.poll(isWaiting, { timeout: 20_000 }).toBe(true);
        // The server has used the token for the response that was not awaited.
        await expect(other).rejects.toMatchObject({ code: "refresh-token-reused" });
        await failed;
        await expect(first.get()).rejects.toMatchObject({ code: "refresh-token-reused" });
        expect(tokens).toMatchObject({ requests: 2, reused: 1, atOnce: 1 });
      },
    );
});
