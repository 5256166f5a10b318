import { MemoryCredentialStore } from "axio-auth";
import { expect, test } from "vitest";
import { type ChatGPTCredentials, logout, registrationState } from "../src/index.ts";
import { emptyStore, failureOf, issued, sessionOn, signIn, simulate } from "./support.ts";

test("revokes and deletes the tokens, and keeps the registration", async () => {
  const simulator = await simulate();
  const store = emptyStore();
  const account = await signIn(simulator, { store });
  expect(await logout({ store, issuer: simulator.issuer })).toEqual({ signedOut: true, revoked: true });
  expect(simulator.refreshTokenState(account.refreshToken)).toBe("revoked");
  const rest = (await store.load()) as ChatGPTCredentials;
  expect(registrationState(rest)).toBe("signed-out");
  expect(rest.idToken).toBeUndefined();
  const { session } = sessionOn(simulator, store);
  expect(await failureOf(session.get())).toMatchObject({ code: "unauthenticated" });
  // After a sign-out there is no hint, so the page asks for the account.
  await signIn(simulator, { store });
  expect(simulator.registrations).toHaveLength(1);
  expect(simulator.stats.choosersSkipped).toBe(0);
});

test("retries after a transient failure", async () => {
  const simulator = await simulate();
  const store = new MemoryCredentialStore<ChatGPTCredentials>(issued(simulator));
  simulator.faults.add("server_error", { target: "revoke", times: 2 });
  expect(await logout({ store, issuer: simulator.issuer })).toEqual({ signedOut: true, revoked: true });
});

test("deletes the tokens and reports the error if the server does not confirm", async () => {
  const simulator = await simulate();
  const store = new MemoryCredentialStore<ChatGPTCredentials>(issued(simulator));
  simulator.faults.add("unavailable", { target: "revoke", times: 9 });
  const result = await logout({ store, issuer: simulator.issuer });
  expect(result).toMatchObject({ signedOut: true, revoked: false });
  expect(result.error?.message).toContain("disconnect the app");
  expect(simulator.requests.filter(({ path }) => path.endsWith("/revoke"))).toHaveLength(3);
  expect(await store.load()).toMatchObject({ refreshToken: "", ended: { by: "sign-out", revoked: false } });
});

test("deletes the tokens if the server does not support revocation", async () => {
  const simulator = await simulate({ switches: { discovery: { revocationEndpoint: false } } });
  const store = new MemoryCredentialStore<ChatGPTCredentials>(issued(simulator));
  const result = await logout({ store, issuer: simulator.issuer });
  expect(result).toMatchObject({ signedOut: true, revoked: false });
  expect(await store.load()).toMatchObject({ refreshToken: "" });
});

test("does nothing without a sign-in", async () => {
  const simulator = await simulate();
  const store = emptyStore();
  expect(await logout({ store, issuer: simulator.issuer })).toEqual({ signedOut: false, revoked: false });
  expect(simulator.requests).toEqual([]);
});

test("deletes the registration only with forgetRegistration", async () => {
  const simulator = await simulate();
  const store = new MemoryCredentialStore<ChatGPTCredentials>(issued(simulator));
  await logout({ store, issuer: simulator.issuer });
  await logout({ store, issuer: simulator.issuer, forgetRegistration: true });
  expect(await store.load()).toBeUndefined();
});
