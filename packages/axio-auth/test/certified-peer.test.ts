import {
  browse,
  browseToCallback,
  type CertifiedPeer,
  startCertifiedPeer,
} from "test-support/certified-peer";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type CallbackServer,
  CredentialSession,
  type CredentialSessionOptions,
  createPkce,
  createState,
  decodeJwtPayload,
  discoverServer,
  exchangeCode,
  MemoryCredentialStore,
  readAuthorizationResponse,
  refreshToken,
  revokeToken,
  startCallbackServer,
} from "../src/index.ts";
import { parsePastedCallback } from "../src/login/paste.ts";

interface Attempt {
  readonly callback: CallbackServer;
  readonly verifier: string;
  readonly authorizationUrl: string;
}

let peer: CertifiedPeer;
let redirectPort = 0;
let attempt: Attempt;

beforeAll(async () => {
  // The provider warns that its keys and its storage are for development.
  vi.spyOn(console, "info").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const callback = await startCallbackServer({ state: "unused", path: "/auth/callback" });
  redirectPort = callback.port;
  await callback.close();
  peer = await startCertifiedPeer(callback.redirectUri);
});

afterAll(async () => {
  await peer.close();
  vi.restoreAllMocks();
});

beforeEach(async () => {
  attempt = await startAttempt();
});

afterEach(async () => {
  vi.useRealTimers();
  await attempt.callback.close();
});

async function startAttempt(): Promise<Attempt> {
  const state = createState();
  const { verifier, challenge } = await createPkce();
  const callback = await startCallbackServer({
    state,
    ports: [redirectPort],
    path: "/auth/callback",
  });
  const query = new URLSearchParams({
    response_type: "code",
    client_id: peer.clientId,
    redirect_uri: callback.redirectUri,
    scope: "openid offline_access",
    prompt: "consent",
    code_challenge: challenge,
    code_challenge_method: "S256",
    state,
  });
  return { callback, verifier, authorizationUrl: `${peer.issuer}/auth?${query}` };
}

const tokenOptions = () => ({ url: `${peer.issuer}/token`, clientId: peer.clientId });

/** Signs in with the browser, and returns the options for the exchange of the code. */
async function authorize() {
  const { callback, verifier, authorizationUrl } = attempt;
  const page = browse(authorizationUrl);
  const received = await callback.waitForCallback();
  const { code } = readAuthorizationResponse(received.params);
  await received.respond({ kind: "signed-in" });
  expect(await (await page).text()).toContain("You are signed in");
  return { ...tokenOptions(), code, verifier, redirectUri: callback.redirectUri };
}

async function signIn() {
  const tokens = await exchangeCode(await authorize());
  return { ...tokens, refreshToken: tokens.refreshToken ?? "" };
}

describe("against a certified authorization server", () => {
  it("signs in with PKCE", async () => {
    const tokens = await signIn();
    expect(tokens.tokenType).toBe("Bearer");
    expect(tokens.refreshToken).not.toBe("");
    expect(tokens.expiresAt).toBeGreaterThan(Date.now() + 3_000_000);
    expect(decodeJwtPayload(tokens.idToken ?? "")).toMatchObject({ iss: peer.issuer, aud: peer.clientId });
  });

  it("discovers its endpoints, and rejects those of other issuers", async () => {
    const { issuer } = peer;
    expect(await discoverServer({ issuer })).toEqual({
      issuer,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      jwksUri: `${issuer}/jwks`,
      revocationEndpoint: `${issuer}/token/revocation`,
    });
    for (const other of [`${issuer}/`, issuer.replace("127.0.0.1", "localhost")]) {
      await expect(discoverServer({ issuer: other })).rejects.toMatchObject({ code: "protocol" });
    }
    await expect(discoverServer({ issuer: `${issuer}/nowhere` })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(discoverServer({ issuer: "http://issuer.example" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  it("throws login-denied if the user declines", async () => {
    const page = browse(attempt.authorizationUrl, { deny: true });
    const received = await attempt.callback.waitForCallback();
    expect(() => readAuthorizationResponse(received.params)).toThrow(
      expect.objectContaining({ code: "login-denied" }),
    );
    await received.respond({ kind: "failed", code: "login-denied", message: "You said no." });
    expect(await (await page).text()).toContain("Sign-in was not approved");
  });

  it("signs in with a pasted URL", async () => {
    const { callback, verifier, authorizationUrl } = attempt;
    const { redirectUri } = callback;
    await callback.close();
    const state = new URL(authorizationUrl).searchParams.get("state") ?? "";
    const pasted = parsePastedCallback(await browseToCallback(authorizationUrl), { state, redirectUri });
    const { code } = readAuthorizationResponse(pasted.params);
    const tokens = await exchangeCode({ ...tokenOptions(), code, verifier, redirectUri });
    expect(tokens.refreshToken).toBeDefined();
  });

  it("throws login-failed for a wrong verifier", async () => {
    const { verifier } = await createPkce();
    await expect(exchangeCode({ ...(await authorize()), verifier })).rejects.toMatchObject({
      code: "login-failed",
      details: { peerCode: "invalid_grant", status: 400 },
    });
  });

  it("throws login-failed for a used code", async () => {
    const authorized = await authorize();
    await exchangeCode(authorized);
    await expect(exchangeCode(authorized)).rejects.toMatchObject({ code: "login-failed" });
  });

  it("throws login-failed for an expired code", async () => {
    const authorized = await authorize();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    await expect(exchangeCode(authorized)).rejects.toMatchObject({
      code: "login-failed",
      message: expect.stringContaining("Start the sign-in again"),
    });
  });

  it("throws login-failed for another redirect URI", async () => {
    const authorized = await authorize();
    await expect(
      exchangeCode({ ...authorized, redirectUri: `${authorized.redirectUri}/other` }),
    ).rejects.toMatchObject({ code: "login-failed" });
  });

  it("rotates the refresh token, and throws refresh-token-revoked for the old one", async () => {
    const first = await signIn();
    const second = await refreshToken({ ...tokenOptions(), refreshToken: first.refreshToken });
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await expect(refreshToken({ ...tokenOptions(), refreshToken: first.refreshToken })).rejects.toMatchObject(
      { code: "refresh-token-revoked", retryable: false },
    );
  });

  it("revokes a refresh token, repeatedly without an error", async () => {
    const tokens = await signIn();
    const revocation = {
      url: `${peer.issuer}/token/revocation`,
      clientId: peer.clientId,
      token: tokens.refreshToken,
      tokenTypeHint: "refresh_token",
    } as const;
    await revokeToken(revocation);
    await revokeToken(revocation);
    await expect(
      refreshToken({ ...tokenOptions(), refreshToken: tokens.refreshToken }),
    ).rejects.toMatchObject({ code: "refresh-token-revoked" });
  });

  it("refreshes a session once for concurrent callers through several rotations", async () => {
    interface Tokens {
      readonly accessToken: string;
      readonly refreshToken: string;
      readonly expiresAt: number;
    }
    const { accessToken, refreshToken: first } = await signIn();
    let requests = 0;
    const options: CredentialSessionOptions<Tokens> = {
      store: new MemoryCredentialStore<Tokens>({ accessToken, refreshToken: first, expiresAt: 1 }),
      expiresAt: (tokens) => tokens.expiresAt,
      version: (tokens) => tokens.accessToken,
      async refresh(tokens, signal) {
        requests += 1;
        const fresh = await refreshToken({ ...tokenOptions(), refreshToken: tokens.refreshToken, signal });
        return {
          accessToken: fresh.accessToken ?? tokens.accessToken,
          refreshToken: fresh.refreshToken ?? tokens.refreshToken,
          expiresAt: fresh.expiresAt ?? 0,
        };
      },
    };
    const session = new CredentialSession(options);
    let current = await session.get();
    for (let round = 0; round < 3; round += 1) {
      const rejected = current;
      const all = await Promise.all([1, 2, 3, 4].map(() => session.handleUnauthorized(rejected)));
      current = all[0] ?? rejected;
      expect(new Set(all.map((tokens) => tokens.accessToken))).toEqual(new Set([current.accessToken]));
      expect(current.accessToken).not.toBe(rejected.accessToken);
    }
    expect(requests).toBe(4);
  });
});
