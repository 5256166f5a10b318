import { MemoryCredentialStore } from "axio-auth";
import type { Simulator } from "axio-simulator";
import { expect, test } from "vitest";
import { type Credentials, logout, refreshAccessToken } from "../src/index.ts";
import { failureOf, requestsTo, simulate } from "./support.ts";

function signedIn(simulator: Simulator): {
  readonly tokens: Credentials;
  readonly store: MemoryCredentialStore<Credentials>;
} {
  const tokens = simulator.issueCredentials();
  return { tokens, store: new MemoryCredentialStore<Credentials>(tokens) };
}

test("revokes the sign-in and deletes it", async () => {
  const simulator = await simulate();
  const { tokens, store } = signedIn(simulator);
  expect(await logout({ store, issuer: simulator.issuer })).toEqual({ signedOut: true, revoked: true });
  expect(await store.load()).toBeUndefined();
  expect(requestsTo(simulator, "/oauth/revoke")[0]?.json).toMatchObject({ token: tokens.refreshToken });
  const error = await failureOf(refreshAccessToken(tokens, { issuer: simulator.issuer }));
  expect(error.code).toBe("refresh-token-revoked");
});

test("revokes the access token if there is no refresh token", async () => {
  const simulator = await simulate();
  const { tokens } = signedIn(simulator);
  const store = new MemoryCredentialStore<Credentials>({ ...tokens, refreshToken: "" });
  await logout({ store, issuer: simulator.issuer });
  expect(requestsTo(simulator, "/oauth/revoke")[0]?.json).toMatchObject({
    token: tokens.accessToken,
    token_type_hint: "access_token",
  });
});

test("sends no request without a sign-in", async () => {
  const simulator = await simulate();
  const result = await logout({ store: new MemoryCredentialStore(), issuer: simulator.issuer });
  expect(result).toEqual({ signedOut: false, revoked: false });
  expect(simulator.requests).toHaveLength(0);
});

test.each(["server_error", "reset_before_headers", "cloudflare_challenge"])(
  "reports that the server did not revoke (%s), and deletes the sign-in",
  async (fault) => {
    const simulator = await simulate();
    simulator.faults.add(fault, { target: "revoke" });
    const { tokens, store } = signedIn(simulator);
    const result = await logout({ store, issuer: simulator.issuer });
    expect(result).toMatchObject({ signedOut: true, revoked: false });
    expect(result.error?.message).toBeTruthy();
    expect(JSON.stringify([result.error?.message, result.error?.details])).not.toContain(tokens.refreshToken);
    expect(await store.load()).toBeUndefined();
  },
);

test("stops waiting for the server when the signal aborts, and deletes the sign-in", async () => {
  const simulator = await simulate();
  simulator.faults.add("stall_before_headers", { target: "revoke" });
  const { store } = signedIn(simulator);
  const controller = new AbortController();
  const result = await logout({
    store,
    issuer: simulator.issuer,
    signal: controller.signal,
    fetch: (input, init) => {
      setImmediate(() => controller.abort());
      return fetch(input, init);
    },
  });
  expect(result).toMatchObject({ signedOut: true, revoked: false, error: { code: "aborted" } });
  expect(await store.load()).toBeUndefined();
});
