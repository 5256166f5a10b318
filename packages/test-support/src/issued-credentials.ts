import type { ChatGPTSimulator, IssuePlanOptions } from "axio-simulator";
import type { ChatGPTCredentials } from "axio-transport-chatgpt";

/** Issues credentials of a simulator without a browser. */
export function issued(simulator: ChatGPTSimulator, options: IssuePlanOptions = {}): ChatGPTCredentials {
  const { clientId, scopes, accessToken, refreshToken, idToken, expiresAt } = simulator.issueTokens(options);
  return {
    clientId,
    issuer: simulator.issuer,
    resource: simulator.apiBaseUrl,
    subject: "subj_user-SIM0001",
    email: "robin@example.test",
    idToken,
    accessToken,
    refreshToken,
    expiresAt,
    lifetimeMs: 3_600_000,
    scopes,
  };
}
