import { describe, expect, it } from "vitest";
import { CHATGPT_CREDENTIAL_FORMAT, type ChatGPTCredentials } from "../src/index.ts";

const CREDENTIALS: ChatGPTCredentials = {
  clientId: "oaiapp_1",
  issuer: "https://auth.example.test",
  subject: "subject",
  email: "robin@example.test",
  accessToken: "access",
  refreshToken: "refresh",
  scopes: ["openid"],
  expiresAt: 1_800_000_000_000,
  lifetimeMs: 3_600_000,
  earliestRefreshAt: 1_799_999_000_000,
  refreshStartedAt: 1_799_998_000_000,
  planNoticeGiven: true,
  unverified: { idToken: "id", nonce: "nonce", receivedAt: 1_799_997_000_123 },
};

describe("CHATGPT_CREDENTIAL_FORMAT", () => {
  it("stores times and durations in seconds, and reads them in milliseconds", () => {
    const document = CHATGPT_CREDENTIAL_FORMAT.encode(CREDENTIALS, undefined);
    expect(document?.["credentials"]).toMatchObject({
      expiresAt: 1_800_000_000,
      lifetime: 3_600,
      earliestRefreshAt: 1_799_999_000,
      renewingSince: 1_799_998_000,
    });
    expect(document && CHATGPT_CREDENTIAL_FORMAT.decode(document)).toEqual(CREDENTIALS);
  });

  it("reads reasons of older versions for the end of a sign-in", () => {
    const { clientId, issuer } = CREDENTIALS;
    const decoded = CHATGPT_CREDENTIAL_FORMAT.decode({ clientId, issuer, ended: { by: "id-token-nonce" } });
    expect(decoded?.ended).toEqual({ by: "id-token-invalid" });
  });

  it("throws credentials-malformed without a client id", () => {
    expect(() => CHATGPT_CREDENTIAL_FORMAT.decode({ issuer: "https://auth.example.test" })).toThrow(
      expect.objectContaining({ code: "credentials-malformed" }),
    );
  });
});
