import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AxioError } from "axio";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { type IdTokenExpectation, IdTokenVerifier } from "../src/oauth/id-token.ts";
import { fullCode } from "./support.ts";

const ISSUER = "https://issuer.example.test";
const NOW = 1_790_000_000;
const EXPECTED: IdTokenExpectation = { clientId: "oaiapp_1", nonce: "nonce-1", receivedAt: NOW * 1000 };
const CLAIMS = {
  iss: ISSUER,
  aud: "oaiapp_1",
  sub: "subject-1",
  nonce: "nonce-1",
  iat: NOW,
  exp: NOW + 3600,
};

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let first: Pair;
let second: Pair;

beforeAll(async () => {
  const make = (): Promise<Pair> => generateKeyPair("RS256", { extractable: true });
  [first, second] = await Promise.all([make(), make()]);
});

/** Serves keys. The test can change the response. */
async function serveKeys() {
  const service = { status: 200, keys: [await publicKey(first, "1")] as object[], body: "", fetches: 0 };
  const server = createServer((_request, response) => {
    service.fetches += 1;
    response.writeHead(service.status, { connection: "close" });
    response.end(service.body || JSON.stringify({ keys: service.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return { service, verifier: new IdTokenVerifier({ issuer: ISSUER, jwksUri: async () => uri }) };
}

async function publicKey({ publicKey: key }: Pair, kid: string): Promise<object> {
  return { ...(await exportJWK(key)), kid, alg: "RS256", use: "sig" };
}

const sign = (claims: object = {}, { privateKey }: Pair = first, kid = "1"): Promise<string> =>
  new SignJWT({ ...CLAIMS, ...claims }).setProtectedHeader({ alg: "RS256", kid }).sign(privateKey);

async function codeOf(verification: Promise<unknown>): Promise<string> {
  const error = await verification.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!AxioError.is(error)) throw new Error("An AxioError was expected.", { cause: error });
  expect(error.message).toMatch(/try again|sign in/i);
  return fullCode(error);
}

test("returns the account of a valid token", async () => {
  const { verifier } = await serveKeys();
  const token = await sign({ email: "dev@example.test", name: "Dev" });
  expect(await verifier.verify(token, EXPECTED)).toEqual({
    subject: "subject-1",
    email: "dev@example.test",
    name: "Dev",
  });
});

test.each([
  ["as a list with one entry", { aud: ["oaiapp_1"] }],
  ["in a list with azp", { aud: ["oaiapp_1", "other"], azp: "oaiapp_1" }],
  ["with azp", { azp: "oaiapp_1" }],
])("accepts the audience %s", async (_name, claims) => {
  const { verifier } = await serveKeys();
  expect(await verifier.verify(await sign(claims), EXPECTED)).toEqual({ subject: "subject-1" });
});

test.each([
  ["of another issuer", { iss: `${ISSUER}/` }, "id-token-invalid:issuer"],
  ["for another program", { aud: "oaiapp_2" }, "id-token-invalid:audience"],
  ["for several programs without azp", { aud: ["oaiapp_1", "other"] }, "id-token-invalid:audience"],
  ["with another azp", { azp: "other" }, "id-token-invalid:audience"],
  ["of another sign-in", { nonce: "nonce-0" }, "id-token-invalid:nonce"],
  ["without a nonce", { nonce: undefined }, "id-token-invalid:nonce"],
  ["that has expired", { exp: NOW - 6 }, "id-token-invalid:expired"],
  ["without an expiry", { exp: undefined }, "id-token-invalid:malformed"],
  ["without a subject", { sub: undefined }, "id-token-invalid:malformed"],
  ["with an empty subject", { sub: "" }, "id-token-invalid:malformed"],
])("rejects a token %s", async (_name, claims, code) => {
  const { verifier } = await serveKeys();
  expect(await codeOf(verifier.verify(await sign(claims), EXPECTED))).toBe(code);
});

test("tolerates a difference of five seconds between clocks", async () => {
  const { verifier } = await serveKeys();
  await verifier.verify(await sign({ exp: NOW - 4 }), EXPECTED);
});

test("accepts a token of a refresh without a nonce, if it is of the same account", async () => {
  const { verifier } = await serveKeys();
  const token = await sign({ nonce: undefined });
  const expected = { ...EXPECTED, nonce: undefined };
  await verifier.verify(token, { ...expected, subject: "subject-1" });
  expect(await codeOf(verifier.verify(token, { ...expected, subject: "subject-2" }))).toBe(
    "account-mismatch",
  );
});

test("rejects the algorithm none", async () => {
  const { verifier } = await serveKeys();
  const token = new UnsecuredJWT(CLAIMS).encode();
  expect(await codeOf(verifier.verify(`${token}x`, EXPECTED))).toBe("id-token-invalid:algorithm");
  expect(await codeOf(verifier.verify(token, EXPECTED))).toBe("id-token-invalid:algorithm");
});

test("rejects HS256 with the public key as the secret", async () => {
  const { verifier } = await serveKeys();
  const secret = new TextEncoder().encode(await exportSPKI(first.publicKey));
  const token = await new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256", kid: "1" }).sign(secret);
  expect(await codeOf(verifier.verify(token, EXPECTED))).toBe("id-token-invalid:algorithm");
});

test("rejects a signature by another key", async () => {
  const { verifier } = await serveKeys();
  expect(await codeOf(verifier.verify(await sign({}, second), EXPECTED))).toBe("id-token-invalid:signature");
  expect(await codeOf(verifier.verify(await sign({}, second, "2"), EXPECTED))).toBe(
    "id-token-invalid:signature",
  );
});

test.each(["", "a.b.c", "text"])("rejects %j", async (token) => {
  const { verifier } = await serveKeys();
  expect(await codeOf(verifier.verify(token, EXPECTED))).toBe("id-token-invalid:malformed");
});

test("fetches the keys once, and again for a token with a new key", async () => {
  const { service, verifier } = await serveKeys();
  await verifier.verify(await sign(), EXPECTED);
  await verifier.verify(await sign(), EXPECTED);
  expect(service.fetches).toBe(1);
  service.keys = [await publicKey(second, "2")];
  await verifier.verify(await sign({}, second, "2"), EXPECTED);
  expect(service.fetches).toBe(2);
  expect(await codeOf(verifier.verify(await sign(), EXPECTED))).toBe("id-token-invalid:signature");
});

test.each([
  ["fails", { status: 503 }],
  ["has no keys", { keys: [] }],
  ["responds with an HTML page", { body: "<html>" }],
])("throws jwks-unavailable if the key service %s", async (_name, trouble) => {
  const { service, verifier } = await serveKeys();
  const good = { ...service };
  Object.assign(service, trouble);
  const failure = verifier.verify(await sign(), EXPECTED);
  await expect(failure).rejects.toMatchObject({ code: "jwks-unavailable", retryable: true });
  Object.assign(service, good);
  await verifier.verify(await sign(), EXPECTED);
});

test("throws jwks-unavailable if the key service cannot be discovered", async () => {
  let calls = 0;
  const jwksUri = async (): Promise<string> => {
    calls += 1;
    throw new AxioError("network", "There is no network. Try again.", { retryable: true });
  };
  const verifier = new IdTokenVerifier({ issuer: ISSUER, jwksUri });
  const token = await sign();
  await expect(verifier.verify(token, EXPECTED)).rejects.toMatchObject({ retryable: true });
  await expect(verifier.verify(token, EXPECTED)).rejects.toMatchObject({ code: "jwks-unavailable" });
  expect(calls).toBe(2);
});
