import { AxioError } from "axio";

/** Tokens of Claude subscriptions begin so. */
const SUBSCRIPTION_TOKEN = /^sk-ant-o(?:at|rt)/;

/**
 * Refuses a token of a Claude subscription: Anthropic's terms allow it in its own products only.
 *
 * @throws AxioError `unauthenticated`.
 */
export function refuseSubscriptionToken(key: string): void {
  if (!SUBSCRIPTION_TOKEN.test(key)) return;
  throw new AxioError(
    "unauthenticated",
    "This is a token of a Claude subscription. Anthropic allows it in Claude Code and claude.ai only, and suspends accounts that use it elsewhere, so it was not sent. Use an API key: https://console.anthropic.com/settings/keys",
  );
}
