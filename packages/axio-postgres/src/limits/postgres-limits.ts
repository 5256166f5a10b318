import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AxioError,
  abortedError,
  type CompletionTransport,
  type RateLimits,
  type StreamRequest,
  type TransportEvent,
  throwIfAborted,
  type Usage,
} from "axio";
import { delegatingTransport, fromBatches, readBatches } from "axio/internal";
import type { PostgresDatabase } from "../database/database.ts";
import {
  type AccountKey,
  type AccountLimits,
  addDayUsage,
  blockAccount,
  createAccount,
  holdSlots,
  readAccount,
  takeSlot,
  takeTurn,
  unblockAccount,
  writeRateLimits,
} from "./limit-rows.ts";

/** Options of {@link PostgresLimits}. */
export interface PostgresLimitsOptions {
  /** Names the account, such as the id of its credentials. */
  readonly account: string;
  /** The tenant. Default: `""`. */
  readonly space?: string | undefined;
  /** How many requests of all machines run at once. Default: 8. */
  readonly concurrency?: number | undefined;
  /** How many requests of all machines may begin in a minute. Default: no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** How many input and output tokens a day (UTC) may have. It is checked before each request. Default: no limit. */
  readonly tokensPerDay?: number | undefined;
  /** How long a request waits for its turn. Default: 120,000. */
  readonly timeoutMs?: number | undefined;
  /** How long a request of a machine that was lost counts. Default: 30,000. */
  readonly leaseMs?: number | undefined;
  /** Gets errors after a response, when the usage cannot be stored. Default: they are not reported. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The options with their defaults. */
type Settings = {
  readonly [Name in Exclude<keyof PostgresLimitsOptions, "account" | "space">]-?: NonNullable<
    PostgresLimitsOptions[Name]
  >;
};

const FIRST_POLL_MS = 50;
const MAX_POLL_MS = 1_000;
const REPORT_MS = 1_000;
const WAITABLE = "rate-limit";

/**
 * Limits and usage of one account, shared by all machines that use it. What one of them is told, such as to wait or that the
 * plan is used up, holds for all: the others send nothing until then.
 *
 * The constructor throws AxioError `invalid-argument` for an option that cannot be used.
 *
 * @example
 * ```ts
 * import { openPostgres, PostgresLimits } from "axio-postgres";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const database = await openPostgres({ connection: "postgres://axio:secret@db.example.com/axio" });
 * const limits = new PostgresLimits(database, { account: "codex", concurrency: 4 });
 * const limited = limits.limit(new CodexTransport({ onRetry: limits.onRetry }));
 * const { today } = await limits.read();
 * ```
 */
export class PostgresLimits {
  readonly #database: PostgresDatabase;
  readonly #key: AccountKey;
  readonly #options: Settings;
  readonly #holder = randomUUID();
  readonly #slots = new Set<number>();
  #created: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(database: PostgresDatabase, options: PostgresLimitsOptions) {
    const { account, space = "" } = options;
    if (typeof account !== "string" || account === "")
      throw new AxioError(
        "invalid-argument",
        "The limits have no `account`. Name it, such as by its credentials.",
      );
    this.#database = database;
    this.#key = { space, account };
    const {
      concurrency = 8,
      requestsPerMinute = Number.POSITIVE_INFINITY,
      tokensPerDay = Number.POSITIVE_INFINITY,
      timeoutMs = 120_000,
      leaseMs = 30_000,
      onError = () => undefined,
    } = options;
    assertInteger("concurrency", concurrency, 1);
    if (requestsPerMinute !== Number.POSITIVE_INFINITY)
      assertInteger("requestsPerMinute", requestsPerMinute, 1);
    if (tokensPerDay !== Number.POSITIVE_INFINITY) assertInteger("tokensPerDay", tokensPerDay, 0);
    assertInteger("timeoutMs", timeoutMs, 0);
    assertInteger("leaseMs", leaseMs, 1);
    this.#options = { concurrency, requestsPerMinute, tokensPerDay, timeoutMs, leaseMs, onError };
  }

  /**
   * Returns a transport whose requests keep the limits. It waits for its turn, and throws `usage-limit` while the plan or the
   * tokens of the day are used up, `rate-limit` if its turn does not come in time, and `store-unavailable` without the database.
   */
  limit(transport: CompletionTransport): CompletionTransport {
    return delegatingTransport(transport, (request) => fromBatches(() => this.#stream(transport, request)));
  }

  /** Tells the other machines of a wait. Pass it to the transport as its option `onRetry`. */
  readonly onRetry = ({ error }: { readonly error: AxioError }): void => {
    void this.#block(error);
  };

  /** Reads the known state of the account. */
  read(): Promise<AccountLimits> {
    return this.#database.query((sql) => readAccount(sql, this.#key));
  }

  /** Lets requests be sent again before the limit resets, for example when the plan was extended. */
  unblock(): Promise<void> {
    return this.#database.query((sql) => unblockAccount(sql, this.#key));
  }

  async *#stream(
    transport: CompletionTransport,
    request: StreamRequest,
  ): AsyncGenerator<readonly TransportEvent[], void, undefined> {
    const slot = await this.#take(request.signal);
    let usage: Usage | undefined;
    let rateLimits: RateLimits | undefined;
    try {
      for await (const batch of readBatches(transport.stream(request))) {
        for (const event of batch) {
          if (event.type === "step-end") usage = event.usage;
          if (event.type === "rate-limits") rateLimits = event.rateLimits;
        }
        yield batch;
      }
    } catch (error) {
      if (AxioError.is(error)) await this.#block(error);
      throw error;
    } finally {
      await this.#finish(slot, usage, rateLimits);
    }
  }

  /** Waits for the turn of a request. Returns its slot. */
  async #take(signal: AbortSignal | undefined): Promise<number> {
    const { concurrency, requestsPerMinute, timeoutMs, leaseMs } = this.#options;
    const endsAt = performance.now() + timeoutMs;
    const wait = (ms: number, error: () => AxioError): Promise<void> => {
      if (performance.now() + ms > endsAt) throw error();
      return pause(ms, signal);
    };
    await this.#create();
    let hasTurn = requestsPerMinute === Number.POSITIVE_INFINITY;
    for (let pollMs = FIRST_POLL_MS; ; ) {
      throwIfAborted(signal);
      const { error, today, tomorrowAt } = await this.read();
      if (error !== undefined) {
        if (error.code !== WAITABLE) throw error;
        await wait(error.retryAfterMs ?? MAX_POLL_MS, () => error);
        continue;
      }
      if (today.inputTokens + today.outputTokens >= this.#options.tokensPerDay)
        throw this.#dayUsedUp(tomorrowAt);
      if (!hasTurn) {
        const waitMs = await this.#database.query((sql) => takeTurn(sql, this.#key, requestsPerMinute));
        hasTurn = waitMs === 0;
        if (!hasTurn) {
          await wait(waitMs, () => tooMany(`${requestsPerMinute} requests a minute`, waitMs));
          continue;
        }
      }
      const slot = await this.#database.query((sql) =>
        takeSlot(sql, this.#key, { holder: this.#holder, count: concurrency, leaseMs }),
      );
      if (slot !== undefined) {
        this.#hold(slot);
        return slot;
      }
      const waitMs = pollMs * (0.5 + Math.random() / 2);
      await wait(waitMs, () => tooMany(`${concurrency} requests at once`, MAX_POLL_MS));
      pollMs = Math.min(pollMs * 1.5, MAX_POLL_MS);
    }
  }

  #create(): Promise<void> {
    this.#created ??= this.#database
      .query((sql) => createAccount(sql, this.#key, this.#options.concurrency))
      .catch((error: unknown) => {
        this.#created = undefined;
        throw error;
      });
    return this.#created;
  }

  #hold(slot: number): void {
    this.#slots.add(slot);
    this.#timer ??= setInterval(
      () => void this.#holdFor([...this.#slots], this.#options.leaseMs),
      this.#options.leaseMs / 3,
    );
  }

  async #holdFor(numbers: readonly number[], leaseMs: number): Promise<void> {
    const hold = { holder: this.#holder, numbers, leaseMs };
    await this.#database.query((sql) => holdSlots(sql, this.#key, hold)).catch(this.#options.onError);
  }

  /** Frees the slot, and stores what the response said. The response is there, so errors are reported only. */
  async #finish(slot: number, usage: Usage | undefined, rateLimits: RateLimits | undefined): Promise<void> {
    this.#slots.delete(slot);
    if (this.#slots.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    await this.#holdFor([slot], 0);
    const now = performance.now();
    const isReported = rateLimits !== undefined && now - this.#reportedAt > REPORT_MS;
    if (isReported) this.#reportedAt = now;
    if (usage === undefined && !isReported) return;
    await this.#database
      .query(async (sql) => {
        if (usage !== undefined) await addDayUsage(sql, this.#key, usage);
        if (isReported) await writeRateLimits(sql, this.#key, rateLimits);
      })
      .catch(this.#options.onError);
  }

  async #block(error: AxioError): Promise<void> {
    if (error.code !== "usage-limit" && error.code !== WAITABLE) return;
    await this.#create()
      .then(() => this.#database.query((sql) => blockAccount(sql, this.#key, error)))
      .catch(this.#options.onError);
  }

  #dayUsedUp(resetsAt: number): AxioError {
    return new AxioError(
      "usage-limit",
      `The account ${JSON.stringify(this.#key.account)} has used its ${this.#options.tokensPerDay} tokens of the day. Wait until midnight (UTC), or raise tokensPerDay.`,
      { details: { resetsAt } },
    );
  }
}

function tooMany(limit: string, retryAfterMs: number): AxioError {
  return new AxioError(
    "rate-limit",
    `All machines together may send ${limit}, and the turn of this request did not come in time. Try again later, or raise the limit.`,
    { retryable: true, retryAfterMs: Math.ceil(retryAfterMs) },
  );
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, signal && { signal }).catch(() => {
    throw signal === undefined ? new Error("The timer failed.") : abortedError(signal);
  });
}

function assertInteger(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    throw new AxioError("invalid-argument", `${name} is ${value}. Use a whole number, from ${least} on.`);
}
