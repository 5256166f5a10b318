import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type RateLimit,
  type RateLimits,
  type RateLimitWindow,
} from "axio";
import { textOf } from "./wire-event.ts";

const DEFAULT_LIMIT = "codex";

/** The limits in a `codex.rate_limits` event. */
export function rateLimitsOf(event: JsonObject): RateLimits {
  const limit = limitOf(event["rate_limits"], limitId(event), textOf(event["limit_name"]));
  const plan = textOf(event["plan_type"]);
  const credits = creditsOf(event["credits"]);
  return {
    limits: limit === undefined ? [] : [limit],
    ...(plan === undefined ? {} : { plan }),
    ...(credits === undefined ? {} : { credits }),
  };
}

function limitId(event: JsonObject): string {
  return textOf(event["metered_limit_name"]) ?? textOf(event["limit_name"]) ?? DEFAULT_LIMIT;
}

function limitOf(value: JsonValue | undefined, id: string, name: string | undefined): RateLimit | undefined {
  if (!isJsonObject(value)) return undefined;
  const windows = [windowOf(value["primary"]), windowOf(value["secondary"])].filter(
    (window) => window !== undefined,
  );
  return { id, ...(name === undefined ? {} : { name }), windows };
}

function windowOf(value: JsonValue | undefined): RateLimitWindow | undefined {
  if (!isJsonObject(value)) return undefined;
  const usedPercent = value["used_percent"];
  if (typeof usedPercent !== "number") return undefined;
  return {
    usedPercent,
    windowMs: scaled(value["window_minutes"], 60_000),
    resetsAt: scaled(value["reset_at"], 1_000),
  };
}

function scaled(value: JsonValue | undefined, factor: number): number | undefined {
  const product = typeof value === "number" ? value * factor : undefined;
  return Number.isFinite(product) ? product : undefined;
}

function creditsOf(value: JsonValue | undefined): RateLimits["credits"] {
  if (!isJsonObject(value)) return undefined;
  const hasCredits = value["has_credits"];
  const unlimited = value["unlimited"];
  if (typeof hasCredits !== "boolean" || typeof unlimited !== "boolean") return undefined;
  const balance = textOf(value["balance"]);
  return { hasCredits, unlimited, ...(balance === undefined ? {} : { balance }) };
}
