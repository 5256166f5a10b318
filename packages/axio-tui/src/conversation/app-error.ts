import type { AxioError, ErrorCode } from "axio";

const SIGN_IN = "/login signs in.";

const REMEDIES: { readonly [code in ErrorCode]?: string } = {
  unauthenticated: SIGN_IN,
  "credentials-malformed": SIGN_IN,
  "refresh-token-expired": SIGN_IN,
  "refresh-token-reused": SIGN_IN,
  "refresh-token-revoked": SIGN_IN,
  "refresh-response-lost": SIGN_IN,
  "refresh-failed": SIGN_IN,
  "account-mismatch": SIGN_IN,
  "not-entitled": "/login asks again whether your plan may be used, /model selects another provider.",
  "usage-limit": "/usage shows the limits, /model selects another model.",
  "context-length": "/compact summarizes earlier messages, /clear starts a new conversation.",
  "request-too-large": "Send fewer or smaller files, or shorten the conversation: /compact, /clear.",
  "model-not-supported": "/model selects another model.",
  "unsupported-content": "/model selects a model that accepts it.",
};

/**
 * Returns what the user can do in the app about an error.
 *
 * @param usageUrl The page on which the user manages usage.
 */
export function errorRemedy(
  { code, message, retryable }: AxioError,
  usageUrl: string | undefined,
): string | undefined {
  const remedy = REMEDIES[code];
  if (code === "usage-limit" && usageUrl !== undefined) {
    return message.includes(usageUrl)
      ? "/model selects another model or provider."
      : `Manage usage: ${usageUrl} ${remedy ?? ""}`;
  }
  if (remedy !== undefined) return remedy;
  return retryable ? "Press Up and Enter to send it again." : undefined;
}
