import { AxioError, type ErrorCode, type ErrorDetails, type RateLimits, type Usage } from "axio";
import type { Queries, Row } from "../database/queries.ts";

/** Which account. */
export interface AccountKey {
  readonly space: string;
  readonly account: string;
}

/** The tokens and requests of an account today (UTC). */
export interface DayUsage {
  readonly requests: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** In US dollars, of the responses whose price is known. */
  readonly costUsd?: number | undefined;
}

/** The known state of an account. */
export interface AccountLimits {
  /** Present while no request may be sent, with the time that is left. */
  readonly error?: AxioError | undefined;
  /** When requests may be sent again, in Unix milliseconds. */
  readonly blockedUntil?: number | undefined;
  readonly rateLimits?: RateLimits | undefined;
  /** When they were stated. */
  readonly reportedAt?: number | undefined;
  readonly today: DayUsage;
  /** When the next day begins, in Unix milliseconds. */
  readonly tomorrowAt: number;
}

interface StoredError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** Creates the rows of an account that are missing. */
export async function createAccount(
  sql: Queries,
  { space, account }: AccountKey,
  slots: number,
): Promise<void> {
  await sql`INSERT INTO axio.account (space, id) VALUES (${space}, ${account}) ON CONFLICT DO NOTHING`;
  await sql`
    INSERT INTO axio.slot (space, account, number)
    SELECT ${space}, ${account}, number FROM generate_series(1, ${slots}::integer) AS number
    ON CONFLICT DO NOTHING`;
}

/** Reads the known state of an account. */
export async function readAccount(sql: Queries, { space, account }: AccountKey): Promise<AccountLimits> {
  const [row] = await sql`
    SELECT account.error, account.rate_limits, usage_day.*,
      CASE WHEN blocked_until > now() THEN extract(epoch FROM blocked_until) * 1000 END AS blocked_until,
      extract(epoch FROM blocked_until - now()) * 1000 AS left_ms,
      extract(epoch FROM reported_at) * 1000 AS reported_at,
      extract(epoch FROM date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '1 day') * 1000 AS tomorrow_at
    FROM (SELECT 1) AS one
    LEFT JOIN axio.account ON account.space = ${space} AND account.id = ${account}
    LEFT JOIN axio.usage_day ON usage_day.space = ${space} AND usage_day.account = ${account}
      AND day = (now() AT TIME ZONE 'UTC')::date`;
  return toAccount(row ?? {});
}

/** Counts a request, if it may be sent now. Returns for how long it must wait otherwise. */
export async function takeTurn(
  sql: Queries,
  { space, account }: AccountKey,
  requestsPerMinute: number,
): Promise<number> {
  // The requests of a minute may be sent at once, and each adds its part of a minute to the time of the next one.
  const partMs = 60_000 / requestsPerMinute;
  const burstMs = 60_000 - partMs;
  const taken = await sql`
    UPDATE axio.account SET next_at = greatest(next_at, now()) + ${partMs}::float8 * interval '1 millisecond'
    WHERE space = ${space} AND id = ${account} AND next_at <= now() + ${burstMs}::float8 * interval '1 millisecond'
    RETURNING 1`;
  if (taken.length > 0) return 0;
  const [row] = await sql`
    SELECT extract(epoch FROM next_at - now()) * 1000 - ${burstMs}::float8 AS wait
    FROM axio.account WHERE space = ${space} AND id = ${account}`;
  return Math.max(1, Math.ceil(Number(row?.["wait"] ?? 0)));
}

/** Takes a free slot. Returns its number, or `undefined` if all are taken. */
export async function takeSlot(
  sql: Queries,
  { space, account }: AccountKey,
  { holder, count, leaseMs }: { readonly holder: string; readonly count: number; readonly leaseMs: number },
): Promise<number | undefined> {
  const [row] = await sql`
    WITH free AS MATERIALIZED (
      SELECT number FROM axio.slot
      WHERE space = ${space} AND account = ${account} AND number <= ${count}::integer AND held_until <= now()
      ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE axio.slot SET holder = ${holder}, held_until = now() + ${leaseMs}::float8 * interval '1 millisecond'
    FROM free WHERE slot.space = ${space} AND slot.account = ${account} AND slot.number = free.number
    RETURNING slot.number`;
  return row && Number(row["number"]);
}

/** Keeps slots for longer, or frees them. Those that others have meanwhile stay theirs. */
export async function holdSlots(
  sql: Queries,
  { space, account }: AccountKey,
  {
    holder,
    numbers,
    leaseMs,
  }: { readonly holder: string; readonly numbers: readonly number[]; readonly leaseMs: number },
): Promise<void> {
  await sql`
    UPDATE axio.slot SET held_until = now() + ${leaseMs}::float8 * interval '1 millisecond'
    WHERE space = ${space} AND account = ${account} AND number = ANY(${numbers}::integer[]) AND holder = ${holder}`;
}

/** Adds a response to the usage of the day. */
export async function addDayUsage(sql: Queries, { space, account }: AccountKey, usage: Usage): Promise<void> {
  const { inputTokens, cachedInputTokens, outputTokens, costUsd = null } = usage;
  await sql`
    INSERT INTO axio.usage_day AS today (space, account, day, requests, input_tokens, cached_input_tokens, output_tokens, cost_usd)
    VALUES (${space}, ${account}, (now() AT TIME ZONE 'UTC')::date, 1, ${inputTokens}, ${cachedInputTokens}, ${outputTokens}, ${costUsd})
    ON CONFLICT (space, account, day) DO UPDATE SET requests = today.requests + 1,
      input_tokens = today.input_tokens + excluded.input_tokens,
      cached_input_tokens = today.cached_input_tokens + excluded.cached_input_tokens,
      output_tokens = today.output_tokens + excluded.output_tokens,
      cost_usd = CASE WHEN excluded.cost_usd IS NULL THEN today.cost_usd
        ELSE coalesce(today.cost_usd, 0) + excluded.cost_usd END`;
}

/** Stores the limits that the provider stated. */
export async function writeRateLimits(
  sql: Queries,
  { space, account }: AccountKey,
  rateLimits: RateLimits,
): Promise<void> {
  await sql`
    UPDATE axio.account SET rate_limits = ${JSON.stringify(rateLimits)}, reported_at = now()
    WHERE space = ${space} AND id = ${account}`;
}

/** Forbids requests for a time, or until a time. A block that lasts longer stays. */
export async function blockAccount(
  sql: Queries,
  { space, account }: AccountKey,
  { code, message, details, retryAfterMs }: AxioError,
): Promise<void> {
  const until = "resetsAt" in details && typeof details.resetsAt === "number" ? details.resetsAt : null;
  if (until === null && retryAfterMs === undefined) return;
  const { rateLimits: _rateLimits, ...facts } = details;
  const error: StoredError = { code, message, details: facts };
  await sql`
    UPDATE axio.account SET error = ${JSON.stringify(error)}, blocked_until = block.until
    FROM (SELECT coalesce(to_timestamp(${until}::float8 / 1000),
      now() + ${retryAfterMs ?? 0}::float8 * interval '1 millisecond') AS until) AS block
    WHERE space = ${space} AND id = ${account} AND coalesce(blocked_until, '-infinity') < block.until`;
}

/** Lets requests be sent again. */
export async function unblockAccount(sql: Queries, { space, account }: AccountKey): Promise<void> {
  await sql`
    UPDATE axio.account SET error = NULL, blocked_until = NULL WHERE space = ${space} AND id = ${account}`;
}

function toAccount(row: Row): AccountLimits {
  const number = (name: string): number | undefined => {
    const value = row[name] ?? undefined;
    return value === undefined ? undefined : Number(value);
  };
  const blockedUntil = number("blocked_until");
  return {
    blockedUntil,
    error: blockedUntil === undefined ? undefined : readError(String(row["error"]), number("left_ms") ?? 0),
    rateLimits: typeof row["rate_limits"] === "string" ? JSON.parse(row["rate_limits"]) : undefined,
    reportedAt: number("reported_at"),
    today: {
      requests: number("requests") ?? 0,
      inputTokens: number("input_tokens") ?? 0,
      cachedInputTokens: number("cached_input_tokens") ?? 0,
      outputTokens: number("output_tokens") ?? 0,
      costUsd: number("cost_usd"),
    },
    tomorrowAt: number("tomorrow_at") ?? 0,
  };
}

function readError(text: string, leftMs: number): AxioError {
  const { code, message, details } = JSON.parse(text) as StoredError;
  return new AxioError(code, message, {
    retryable: code === "rate-limit",
    retryAfterMs: Math.ceil(leftMs),
    details,
  });
}
