import { MemoryCredentialStore } from "axio-auth";
import { browse, type CertifiedPeer, startCertifiedPeer } from "test-support/certified-peer";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { PLAN_SCOPE } from "../src/config.ts";
import { pendingRegistration } from "../src/credentials.ts";
import { type ChatGPTCredentials, login, logout, registrationState } from "../src/index.ts";
import { refresh } from "../src/oauth/refresh.ts";
import { SignInServer } from "../src/oauth/sign-in-server.ts";
import { verified } from "../src/oauth/verify.ts";
import { failureOf, fullCode } from "./support.ts";

const HOST_ID = "urn:uuid:3f0c6d1e-8a52-4b7e-9d64-1c2b7a90e5f1";

let peer: CertifiedPeer;

beforeAll(async () => {
  // The provider warns at length that its keys and its memory are for development.
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

// It knows no registration on the way, so the client id is one that an earlier sign-in brought.
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
    ["of another account", { subject: "somebody@example.test" }, "account-mismatch"],
    ["that has ended by then", { receivedAt: Date.now() + 7_200_000 }, "id-token-invalid:expired"],
  ])("gives an ID token that is refused as one %s", async (_name, change, code) => {
    const { credentials } = await signIn();
    const { verifier } = new SignInServer({ issuer: peer.issuer });
    const expected = { clientId: peer.clientId, receivedAt: Date.now() };
    const idToken = credentials.idToken ?? "";
    await verifier.verify(idToken, expected);
    const error = await failureOf(verifier.verify(idToken, { ...expected, ...change }));
    expect(fullCode(error)).toBe(code);
  });

  test("renews, rotates, and ends", async () => {
    const { store, credentials } = await signIn();
    const server = new SignInServer({ issuer: peer.issuer });
    const fresh = await refresh(credentials, server);
    expect(fresh.refreshToken).not.toBe(credentials.refreshToken);
    expect(fresh.unverified).toBeDefined();
    expect(await verified(fresh, server)).toMatchObject({ subject: "dev@example.test" });
    await expect(refresh(credentials, server)).rejects.toMatchObject({ code: "refresh-token-revoked" });
    await store.update(async () => fresh);
    expect(await logout({ store, issuer: peer.issuer })).toEqual({ signedOut: true, revoked: true });
    const rest = await store.load();
    expect(rest).toMatchObject({ clientId: peer.clientId, accessToken: "", refreshToken: "" });
    await expect(refresh(fresh, server)).rejects.toMatchObject({ code: "refresh-token-revoked" });
  });

  test("is refused where its document is another issuer's", async () => {
    const server = new SignInServer({ issuer: peer.issuer.replace("127.0.0.1", "localhost") });
    await expect(server.metadata()).rejects.toMatchObject({ code: "protocol" });
  });
});
