import { CredentialSession, tokenTimes } from "axio-auth/internal";
import type { FetchLike } from "axio-http";
import { traceRefresh } from "axio-transport-kit";
import { BackendTransport } from "./backend-transport.ts";
import type { Credentials } from "./credentials.ts";
import type { CodexTransportOptions } from "./options.ts";
import { issuerOf, storeOf } from "./stored-credentials.ts";

/**
 * The transport to the backend of the Codex CLI, for ChatGPT subscriptions.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const agent = new Agent({ transport: new CodexTransport() });
 * console.log((await agent.run("Explain the Rust borrow checker.")).text);
 * ```
 */
export class CodexTransport extends BackendTransport {
  /**
   * @throws AxioError `invalid-argument` for unknown, contradicting or invalid options; `unsupported-parameter` with `strict`,
   *   for the first of `parameters` that cannot be sent.
   */
  constructor(options: CodexTransportOptions = {}) {
    super(options, (fetch) => credentialSession(options, fetch));
  }
}

function credentialSession(options: CodexTransportOptions, fetch: FetchLike): CredentialSession<Credentials> {
  const issuer = issuerOf(options);
  return new CredentialSession<Credentials>({
    store: storeOf(options),
    refresh: async (credentials, signal) => {
      // Loaded with the first refresh: a call with a valid token does not need it.
      const { refreshAccessToken } = await import("./oauth/refresh.ts");
      return traceRefresh(() => refreshAccessToken(credentials, { issuer, fetch, signal }));
    },
    expiresAt: ({ expiresAt }) => expiresAt,
    lifetimeMs: ({ accessToken }) => tokenTimes(accessToken).lifetimeMs,
    version: ({ accessToken }) => accessToken,
    onRefresh: options.onAuthRefresh,
    onWarning: options.onWarning,
    signInHint: "Run `npx axio-codex login` first, or pass accessToken.",
  });
}
