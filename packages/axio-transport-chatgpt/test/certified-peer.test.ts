import { MemoryCredentialStore } from "axio-auth";
import { browse, type CertifiedPeer, startCertifiedPeer } from "test-support/certified-peer";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { PLAN_SCOPE } from "../src/config.ts";
import { pendingRegistration } from "../src/credentials.ts";
import { type ChatGPTCredentials, login, logout, registrationState } from "../src/index.ts";
import { refresh } from "../src/oauth/refresh.ts";
import { SignInServer } from "../src/oauth/sign-in-server.ts";
import { verifyIdentity } from "../src/oauth/verify-identity.ts";
import { failureOf, fullCode } from "./support.ts";

const HOST_ID = "urn:uuid:3f0c6d1e-8a52-4b7e-9d64-1c2b7a90e5f1";

let peer: CertifiedPeer;

beforeAll(async () => {
  // The provider warns that its keys and its storage are for development.
  vi.spyOn(console, "info").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  peer = await startCertifiedPeer("http://127.0.0.1/auth/callback", {
    clientId: "oaiapp_peer",
    resource: { scope: `resource.invoke ${PLAN_SCOPE}` },
  });
});

afterAll(async () => {
  await peer.close();
  vi.restoreAllMocks();
});

// The provider does not support the registration, so the client id is that of an earlier sign-in.
async function signIn() {
  const store = new MemoryCredentialStore<ChatGPTCredentials>(
    pendingRegistration(peer.clientId, peer.issuer),
  );
  let page: Promise<Response> | undefined;
  const credentials = await login({
    appName: "Sample Tool",
    hostId: HOST_ID,
    issuer: peer.issuer,
    store,
    enablePlan: true,
    openBrowser: async (url) => {
      page = browse(url);
      return true;
    },
  });
  return { store, credentials, page: await (await page)?.text() };
}

describe("a certified OpenID provider", () => {
  test("signs in: discovery, any port, nonce, ID token, resource", async () => {
    const { store, credentials, page } = await signIn();
    expect(page).toContain("You are signed in");
    expect(registrationState(credentials)).toBe("connected");
    expect(credentials).toMatchObject({ clientId: peer.clientId, subject: "dev@example.test" });
    expect(await store.load()).toEqual(credentials);
  });

  test.each([
    ["of another sign-in", { nonce: "another" }, "id-token-invalid:nonce"],
    ["for another program", { clientId: "oaiapp_other" }, "id-token-invalid:audience"],
    ["of another account", { subject: "other@example.test" }, "account-mismatch"],
    ["that has expired", { receivedAt: Date.now() + 7_200_000 }, "id-token-invalid:expired"],
  ])("issues an ID token that is rejected as one %s", async (_name, change, code) => {
    const { credentials } = await signIn();
    const { verifier } = new SignInServer({ issuer: peer.issuer });
    const expected = { clientId: peer.clientId, receivedAt: Date.now() };
    const idToken = credentials.idToken ?? "";
    await verifier.verify(idToken, expected);
    const error = await failureOf(verifier.verify(idToken, { ...expected, ...change }));
    expect(fullCode(error)).toBe(code);
  });

  test("refreshes, rotates and revokes", async () => {
    const { store, credentials } = await signIn();
    const server = new SignInServer({ issuer: peer.issuer });
    const fresh = await refresh(credentials, server);
    expect(fresh.refreshToken).not.toBe(credentials.refreshToken);
    expect(fresh.unverified).toBeDefined();
    expect(await verifyIdentity(fresh, server)).toMatchObject({ subject: "dev@example.test" });
    await expect(refresh(credentials, server)).rejects.toMatchObject({ code: "refresh-token-revoked" });
    await store.update(async () => fresh);
    expect(await logout({ store, issuer: peer.issuer })).toEqual({ signedOut: true, revoked: true });
    const rest = await store.load();
    expect(rest).toMatchObject({ clientId: peer.clientId, accessToken: "", refreshToken: "" });
    await expect(refresh(fresh, server)).rejects.toMatchObject({ code: "refresh-token-revoked" });
  });

  test("is rejected if its metadata document is for another issuer", async () => {
    const server = new SignInServer({ issuer: peer.issuer.replace("127.0.0.1", "localhost") });
    await expect(server.metadata()).rejects.toMatchObject({ code: "protocol" });
  });
});
