import { AxioError, type Message, type RateLimits, type TransportEvent } from "axio";
import type { RetryNotice } from "axio/plugin";
import { decideRetry, type RetryPolicy } from "axio-http";
import { delay } from "axio-http/internal";
import type { Call, Connection, OpenedResponse } from "./connection.ts";
import type { CallTrace } from "./diagnostics.ts";

/** Decodes the wire events of one response. */
export interface EventDecoder {
  /** Whether the terminal event was decoded. */
  readonly done: boolean;
  /** How many blocks began so far. They are numbered from 0. */
  readonly blockCount: number;
  /** Decodes one wire event, as text or parsed, and appends the events that it stands for. */
  decode(event: unknown, out: TransportEvent[]): void;
  /** Ends the response. Appends the last events, and throws if the terminal event is missing. */
  end(out: TransportEvent[]): void;
}

/** Options of {@link retryStream}. */
export interface RetryStreamOptions {
  readonly connection: Connection;
  readonly policy: RetryPolicy;
  /** Returns the decoder of a response. */
  readonly read: (response: OpenedResponse) => EventDecoder;
  /** Called before each delay, also if the retry is invisible in the stream. */
  readonly onRetry?: ((retry: RetryNotice) => void) | undefined;
  readonly trace?: CallTrace | undefined;
  /** Returns a number from 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Streams the events of one call and repeats it after failures that may go away. Except for a 401, which
 * {@link authorizedRequest} handles, this is the only place that repeats a call.
 *
 * A retry before the first event is invisible. After that, a `retry` event names the blocks to discard, and the call
 * restarts. A wait for a usage limit, which may be long, is always announced. Rate limits are buffered until another event
 * comes: if the attempt fails visibly, they are emitted before the `retry` event or the error; otherwise they are dropped.
 *
 * @throws AxioError the last failure, or `aborted`.
 */
export async function* retryStream(
  call: Call,
  { connection, policy, read, onRetry, trace, random = Math.random }: RetryStreamOptions,
): AsyncGenerator<readonly TransportEvent[], void, undefined> {
  let firstFailureAt: number | undefined;
  let wasConnected = endsWithToolResults(call.messages);
  for (let attempt = 1; ; ) {
    let hasBegun = false;
    let buffered: TransportEvent[] = [];
    let decoder: EventDecoder | undefined;
    trace?.attempt(attempt);
    try {
      const response = await connection.open(call);
      wasConnected = true;
      if (!response.ok) throw response.error;
      if (response.rateLimits !== undefined) buffered.push(limitsEvent(response.rateLimits));
      decoder = read(response);
      for await (const batch of response.events) {
        const failure = decodeBatch(batch, decoder, buffered);
        hasBegun ||= buffered.some(({ type }) => type !== "rate-limits");
        // The rest of the body need not be waited for.
        if (decoder.done) response.events.finish();
        if (hasBegun && buffered.length > 0) {
          const events = buffered;
          buffered = [];
          trace?.events(events);
          yield events;
        }
        if (failure !== undefined) throw failure.error;
        if (decoder.done) return;
      }
      decoder.end(buffered);
      if (buffered.length === 0) return;
      trace?.events(buffered);
      yield buffered;
      return;
    } catch (error) {
      if (!AxioError.is(error)) throw error;
      if (!hasBegun && connection.recover(error, call)) continue;
      const now = performance.now();
      firstFailureAt ??= now;
      const elapsedMs = now - firstFailureAt;
      wasConnected ||= error.details.connected !== false;
      const nowMs = Date.now();
      const decision = decideRetry({ error, attempt, wasConnected, elapsedMs, policy, random, nowMs });
      const { rateLimits } = error.details;
      const pending = rateLimits === undefined ? buffered : [limitsEvent(rateLimits)];
      if (!decision.retry) {
        if (pending.length > 0) yield pending;
        throw error;
      }
      const { delayMs, maxRetries } = decision;
      trace?.retry({ attempt, delayMs, error });
      onRetry?.({ attempt, maxRetries, delayMs, error });
      const isLimit = error.code === "usage-limit";
      // The time budget is for failures. A usage limit is not a failure.
      if (isLimit) firstFailureAt = undefined;
      if (hasBegun || isLimit) {
        const discardedBlocks = Array.from({ length: decoder?.blockCount ?? 0 }, (_, index) => index);
        yield [...pending, { type: "retry", attempt, delayMs, error, discardedBlocks }];
      }
      await delay(delayMs, call.signal);
      attempt += 1;
    }
  }
}

/** Whether a conversation continues with results of tools: the request before this one had a response. */
function endsWithToolResults(messages: readonly Message[]): boolean {
  return messages.at(-1)?.content.some(({ type }) => type === "tool-result") === true;
}

function limitsEvent(rateLimits: RateLimits): TransportEvent {
  return { type: "rate-limits", rateLimits };
}

/**
 * Decodes a batch as far as possible. A function of its own: V8 would compile a generator with a busy loop as a whole, which
 * costs more than it saves.
 *
 * @returns The failure, if there is one: the events before it come first.
 */
function decodeBatch(
  batch: readonly unknown[],
  decoder: EventDecoder,
  out: TransportEvent[],
): { readonly error: unknown } | undefined {
  try {
    for (const event of batch) decoder.decode(event, out);
    return undefined;
  } catch (error) {
    return { error };
  }
}
