import type { JsonObject } from "axio";
import { describe, expect, it } from "vitest";
import { CODEX_CREDENTIAL_FORMAT, type Credentials, parseCredentials } from "../src/index.ts";

const CREDENTIALS: Credentials = {
  accessToken: "access",
  refreshToken: "refresh",
  expiresAt: 1_800_000_000_000,
  accountId: "account",
  idToken: "id",
  planType: "plus",
  email: "robin@example.test",
};

function tokenExpiringAt(exp: number): string {
  return `e30.${Buffer.from(JSON.stringify({ exp })).toString("base64url")}.c2ln`;
}

describe("CODEX_CREDENTIAL_FORMAT", () => {
  it("stores expiresAt in seconds, and reads it in milliseconds", () => {
    const document = CODEX_CREDENTIAL_FORMAT.encode(CREDENTIALS, undefined);
    expect(document).toMatchObject({ version: 1, credentials: { ...CREDENTIALS, expiresAt: 1_800_000_000 } });
    expect(document && CODEX_CREDENTIAL_FORMAT.decode(document)).toEqual(CREDENTIALS);
  });

  it.each(["api_key", "access_token"])("reads the four strings of axio for Python, with %s", (name) => {
    const document = { [name]: "a", refresh_token: "r", expires_at: "1700000000", account_id: "x" };
    expect(CODEX_CREDENTIAL_FORMAT.decode(document)).toEqual({
      accessToken: "a",
      refreshToken: "r",
      expiresAt: 1_700_000_000_000,
      accountId: "x",
    });
  });
});

describe("parseCredentials", () => {
  it.each<[string, JsonObject, number]>([
    ["seconds", { expiresAt: 1_800_000_000 }, 1_800_000_000_000],
    ["seconds as text", { expiresAt: "1800000000" }, 1_800_000_000_000],
    ["milliseconds", { expiresAt: 1_800_000_000_000 }, 1_800_000_000_000],
    ["the expiry of the token", { accessToken: tokenExpiringAt(1_900_000_000) }, 1_900_000_000_000],
    ["0 if nothing is known", { expiresAt: "soon" }, 0],
  ])("reads expiresAt: %s", (_name, properties, expiresAt) => {
    expect(parseCredentials({ accessToken: "a", ...properties }).expiresAt).toBe(expiresAt);
  });

  it("throws credentials-malformed without a token", () => {
    expect(() => parseCredentials({ accountId: "x" })).toThrow(
      expect.objectContaining({ code: "credentials-malformed" }),
    );
  });
});
