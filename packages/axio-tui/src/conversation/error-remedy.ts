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
  "wrong-workspace": SIGN_IN,
  "plan-use-off": "/login asks again whether your plan may be used, /model chooses another way.",
  "usage-limit": "/usage shows the limits, /model chooses another model.",
  "context-length": "/compact puts the conversation into fewer words, /clear begins a new one.",
  "model-not-supported": "/model chooses another.",
  "unsupported-content": "/model chooses a model that takes it.",
};

/**
 * What the person can do in the app about an error, besides what its message says.
 *
 * @param usageUrl Where they manage what they use.
 */
export function errorRemedy(
  { code, message, retryable }: AxioError,
  usageUrl: string | undefined,
): string | undefined {
  const remedy = REMEDIES[code];
  if (code === "usage-limit" && usageUrl !== undefined) {
    return message.includes(usageUrl)
      ? "/model chooses another model, or another way."
      : `Manage usage: ${usageUrl} ${remedy ?? ""}`;
  }
  if (remedy !== undefined) return remedy;
  return retryable ? "Press Up and Enter to send it again." : undefined;
}
