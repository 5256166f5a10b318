import { inspect } from "node:util";
import { AxioError } from "axio";
import { type CredentialFormat, type CredentialStore, versionedFormat } from "axio-auth";
import { describe, expect, it } from "vitest";

/** Credentials of an imaginary provider. */
export interface TestCredentials {
  readonly accessToken: string;
  readonly count: number;
}

/** Their format. */
export const TEST_FORMAT: CredentialFormat<TestCredentials> = versionedFormat({
  parse: ({ accessToken, count }) => ({ accessToken: String(accessToken), count: Number(count) }),
});

const FIRST: TestCredentials = { accessToken: "secret-first", count: 1 };
const SECOND: TestCredentials = { accessToken: "secret-second", count: 2 };

/**
 * Defines the contract of credential stores as tests.
 *
 * @param open Called once for each test: the result opens the same, at first empty place, as another process would.
 */
export function describeCredentialStore(
  name: string,
  open: () => Promise<() => Promise<CredentialStore<TestCredentials>>>,
): void {
  describe(`${name} keeps the credential store contract`, () => {
    it("returns saved credentials to other stores, and nothing after they are deleted", async () => {
      const reopen = await open();
      const [store, other] = [await reopen(), await reopen()];
      expect(await store.load()).toBeUndefined();
      expect(await store.update(async () => FIRST)).toEqual(FIRST);
      expect(await other.load()).toEqual(FIRST);
      await other.update(async () => SECOND);
      expect(await store.load()).toEqual(SECOND);
      expect(await store.update(async () => undefined)).toBeUndefined();
      expect(await other.load()).toBeUndefined();
    });

    it("writes nothing if the change returns the given value or throws", async () => {
      const reopen = await open();
      const store = await reopen();
      await store.update(async () => FIRST);
      expect(await store.update(async (current) => current)).toEqual(FIRST);
      const failed = store.update(async () => {
        throw new AxioError("refresh-failed", "No.");
      });
      await expect(failed).rejects.toMatchObject({ code: "refresh-failed" });
      expect(await (await reopen()).load()).toEqual(FIRST);
      expect(await store.update(async () => SECOND)).toEqual(SECOND);
    });

    it("runs the changes of several stores one after the other, each on the newest value", async () => {
      const reopen = await open();
      const stores = await Promise.all(Array.from({ length: 3 }, reopen));
      let running = 0;
      const add = (store: CredentialStore<TestCredentials>) =>
        store.update(async (current) => {
          running += 1;
          expect(running).toBe(1);
          await new Promise<void>((resolve) => setImmediate(resolve));
          running -= 1;
          return { ...FIRST, count: (current?.count ?? 0) + 1 };
        });
      await Promise.all(stores.flatMap((store) => [add(store), add(store)]));
      expect(await (await reopen()).load()).toMatchObject({ count: 6 });
    });

    it("saves a mark before the change is done, which stays if it fails", async () => {
      const reopen = await open();
      const store = await reopen();
      const failed = store.update(async (_current, transaction) => {
        expect(transaction?.markInFlight()).not.toBe(false);
        await transaction?.reserve?.();
        expect(await transaction?.save?.(FIRST)).not.toBe(false);
        throw new AxioError("refresh-failed", "No.");
      });
      await expect(failed).rejects.toMatchObject({ code: "refresh-failed" });
      expect(await (await reopen()).load()).toEqual(FIRST);
    });

    it("stops waiting for another change if the caller aborts", async () => {
      const reopen = await open();
      const [store, other] = [await reopen(), await reopen()];
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let begin = (): void => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const running = store.update(async () => {
        begin();
        await held;
        return FIRST;
      });
      await begun;
      const abort = new AbortController();
      // A store in memory is not shared with another one.
      const waiting = other
        .update(async () => SECOND, { signal: abort.signal })
        .catch((error: unknown) => error);
      abort.abort();
      expect(await waiting).toMatchObject({ code: "aborted" });
      release();
      expect(await running).toEqual(FIRST);
      expect(await store.load()).toEqual(FIRST);
    });

    it("shows no secret in logs", async () => {
      const store = await (await open())();
      await store.update(async () => FIRST);
      expect(inspect([store, await store.load()], { depth: 9, showHidden: true })).not.toContain("secret-");
    });
  });
}
