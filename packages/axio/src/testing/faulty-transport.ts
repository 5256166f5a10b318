import { delegatingTransport } from "../delegating-transport.ts";
import { AxioError, abortedError, type ErrorCode, type ErrorDetails, throwIfAborted } from "../errors.ts";
import { followSignal } from "../follow-signal.ts";
import type { CompletionTransport, StreamRequest } from "../transport.ts";

/** Misbehavior of one or several calls of a transport. */
export interface TransportFault {
  /** The number of calls. Default: 1. */
  readonly times?: number | undefined;
  /** The code of the error. Default: none, but `stream-truncated` with `afterEvents`. */
  readonly code?: ErrorCode | undefined;
  /** The number of events before the error. Default: 0, and the request is not sent. */
  readonly afterEvents?: number | undefined;
  /** Default: true for failures that may pass, such as `rate-limit`, `server` and `network`. */
  readonly retryable?: boolean | undefined;
  /** How long the service asks to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly details?: ErrorDetails | undefined;
  /** Milliseconds before the request. Default: 0. */
  readonly delayMs?: number | undefined;
  /** Milliseconds before each event. Default: 0. */
  readonly eventDelayMs?: number | undefined;
}

/** The options of {@link withFaults}. */
export interface FaultOptions {
  /** Waits, and throws if the signal fires. Default: timers of the runtime. */
  readonly sleep?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

const TRANSIENT: readonly ErrorCode[] = [
  "rate-limit",
  "overloaded",
  "server",
  "network",
  "response-timeout",
  "stream-idle",
  "stream-truncated",
];

/**
 * Adds faults to a transport, for tests of code that must handle them. Each call takes the next fault; calls after the last one
 * are unchanged. The error reaches the caller at once: retries are made inside transports, and a simulator tests those.
 *
 * @param faults In the order of the calls.
 *
 * @example
 * ```ts
 * import { ScriptedTransport, textAnswer, withFaults } from "axio/testing";
 *
 * const unreliable = withFaults(new ScriptedTransport([textAnswer("Hello."), textAnswer("Hello.")]), [
 *   { code: "overloaded", times: 2 }, // the first two calls
 *   { afterEvents: 1 }, // the connection drops after one event
 *   { delayMs: 30_000 },
 * ]);
 * ```
 */
export function withFaults(
  transport: CompletionTransport,
  faults: readonly TransportFault[],
  { sleep = wait }: FaultOptions = {},
): CompletionTransport {
  const calls = faults.map((fault) => ({ fault: checked(fault), left: fault.times ?? 1 }));
  const take = (): TransportFault => {
    const next = calls.find(({ left }) => left > 0);
    if (next === undefined) return {};
    next.left -= 1;
    return next.fault;
  };
  return delegatingTransport(transport, async function* stream(request: StreamRequest) {
    throwIfAborted(request.signal);
    const fault = take();
    const { afterEvents = 0, delayMs = 0, eventDelayMs = 0 } = fault;
    const error = errorOf(fault);
    if (delayMs > 0) await sleep(delayMs, request.signal);
    if (error !== undefined && afterEvents === 0) throw error;
    let count = 0;
    for await (const event of transport.stream(request)) {
      if (eventDelayMs > 0) await sleep(eventDelayMs, request.signal);
      // A response with fewer events fails before its end.
      if (error !== undefined && event.type === "step-end") throw error;
      yield event;
      count += 1;
      if (error !== undefined && count === afterEvents) throw error;
    }
  });
}

function errorOf(fault: TransportFault): AxioError | undefined {
  const { afterEvents, retryAfterMs, details } = fault;
  const code = fault.code ?? (afterEvents === undefined ? undefined : "stream-truncated");
  if (code === undefined) return undefined;
  const retryable = fault.retryable ?? TRANSIENT.includes(code);
  const place = afterEvents === undefined ? "" : ` after ${afterEvents} events`;
  return new AxioError(code, `A test made this request fail with ${code}${place}.`, {
    retryable,
    retryAfterMs,
    details,
  });
}

function checked(fault: TransportFault): TransportFault {
  for (const name of ["times", "afterEvents", "delayMs", "eventDelayMs"] as const) {
    const value = fault[name];
    if (value !== undefined && !(typeof value === "number" && value >= 0))
      throw new AxioError(
        "invalid-argument",
        `${name} of a fault is ${String(value)}. Give a number from 0.`,
      );
  }
  return fault;
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unfollow();
      resolve();
    }, milliseconds);
    const unfollow =
      signal === undefined
        ? () => undefined
        : followSignal(signal, () => {
            clearTimeout(timer);
            reject(abortedError(signal));
          });
  });
}
