import { truncateForMessage } from "axio/internal";
import type { RetryNotice } from "axio/plugin";
import { formatDuration } from "./duration.ts";
import { escapeLine } from "./terminal-text.ts";

const MAX_REASON_LENGTH = 120;

/**
 * Describes a retry: how often, when and why.
 *
 * @param count Such as `"1 of 3"`.
 */
export function describeRetry(
  count: string,
  { delayMs, error }: Pick<RetryNotice, "delayMs" | "error">,
): string {
  const wait = delayMs < 1_000 ? "now" : `in ${formatDuration(delayMs / 1_000)}`;
  return `retrying ${count} ${wait}: ${escapeLine(truncateForMessage(error.message, MAX_REASON_LENGTH))}`;
}
