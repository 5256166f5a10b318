import { isJsonObject, type JsonValue, type RateLimit, type RateLimits, type RateLimitWindow } from "axio";
import { optional, readNumber, readString } from "axio-transport-kit";

/**
 * Reads the answer of `/wham/usage`. Its units differ from the headers': windows are in seconds here. What is missing or
 * of another type counts as not said.
 */
export function parseUsage(body: unknown): RateLimits {
  const answer = isJsonObject(body) ? body : {};
  const additional = Array.isArray(answer["additional_rate_limits"])
    ? (answer["additional_rate_limits"] as readonly JsonValue[])
    : [];
  const limits = [
    ...readLimit("codex", undefined, answer["rate_limit"]),
    ...readLimit("code_review", "Code review", answer["code_review_rate_limit"]),
    ...additional.filter(isJsonObject).flatMap((limit) => {
      const name = readString(limit, "limit_name");
      return readLimit(
        readString(limit, "metered_feature") ?? name ?? "additional",
        name,
        limit["rate_limit"],
      );
    }),
  ];
  const plan = readString(answer, "plan_type");
  const credits = readCredits(answer["credits"]);
  return { limits, ...optional("plan", plan), ...optional("credits", credits) };
}

function readLimit(id: string, name: string | undefined, value: JsonValue | undefined): readonly RateLimit[] {
  if (!isJsonObject(value)) return [];
  const windows = [value["primary_window"], value["secondary_window"]].flatMap(readWindow);
  return windows.length === 0 ? [] : [{ id, ...optional("name", name), windows }];
}

function readWindow(value: JsonValue | undefined): readonly RateLimitWindow[] {
  if (!isJsonObject(value)) return [];
  const usedPercent = readNumber(value, "used_percent");
  if (usedPercent === undefined) return [];
  const windowSeconds = readNumber(value, "limit_window_seconds");
  const resetSeconds = readNumber(value, "reset_at");
  return [
    {
      usedPercent,
      windowMs: windowSeconds === undefined ? undefined : windowSeconds * 1_000,
      resetsAt: resetSeconds === undefined ? undefined : resetSeconds * 1_000,
    },
  ];
}

function readCredits(value: JsonValue | undefined): RateLimits["credits"] {
  if (!isJsonObject(value)) return undefined;
  const balance = readString(value, "balance");
  return {
    hasCredits: value["has_credits"] === true,
    unlimited: value["unlimited"] === true,
    ...optional("balance", balance),
  };
}
