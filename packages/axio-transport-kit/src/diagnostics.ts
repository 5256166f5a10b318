import type { Channel } from "node:diagnostics_channel";
import { AxioError, type TransportEvent, type Usage } from "axio";
import { builtinModule } from "axio/internal";

/** A request is sent. */
export interface RequestMessage {
  /** The number of the call in this process, from 1. */
  readonly call: number;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  readonly model: string;
  /** The URL without its query. */
  readonly url: string;
  /** Identifies the conversation. */
  readonly conversationId?: string | undefined;
}

/** The first event of an attempt is emitted. */
export interface FirstEventMessage {
  readonly call: number;
  readonly attempt: number;
  /** The time since the attempt began. */
  readonly elapsedMs: number;
}

/** An attempt failed and is retried. */
export interface RetryMessage {
  readonly call: number;
  /** The attempt that failed. */
  readonly attempt: number;
  /** The delay before the next attempt. */
  readonly delayMs: number;
  /** The code of the error. */
  readonly code: string;
}

/** Credentials were refreshed, or could not be. */
export interface RefreshMessage {
  readonly elapsedMs: number;
  /** The code of the error, if it failed. */
  readonly code?: string | undefined;
}

/** A call ended. */
export interface EndMessage {
  readonly call: number;
  /** How many attempts were made. */
  readonly attempts: number;
  readonly model: string;
  /** The duration of the call, delays included. */
  readonly elapsedMs: number;
  /** The code of the error if the call failed; `aborted` if the caller left it. */
  readonly code?: string | undefined;
  /** The following properties are present if the call succeeded. */
  readonly stopReason?: string | undefined;
  readonly usage?: Usage | undefined;
  readonly responseId?: string | undefined;
  /** The model of the response. */
  readonly responseModel?: string | undefined;
}

/**
 * The messages of the transports on `node:diagnostics_channel`. Without a subscriber they cost nothing. No message contains a
 * token, a prompt or a response.
 */
export interface DiagnosticMessages {
  readonly "axio:request": RequestMessage;
  readonly "axio:first-event": FirstEventMessage;
  readonly "axio:retry": RetryMessage;
  readonly "axio:refresh": RefreshMessage;
  readonly "axio:end": EndMessage;
}

/** The name of a channel. */
export type DiagnosticName = keyof DiagnosticMessages;

/** The channel of a runtime without diagnostics channels. */
const SILENT: Pick<Channel, "hasSubscribers" | "publish" | "subscribe" | "unsubscribe"> = {
  hasSubscribers: false,
  publish: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => false,
};

const diagnostics = builtinModule<typeof import("node:diagnostics_channel")>("node:diagnostics_channel");

function channel(name: DiagnosticName): typeof SILENT {
  return diagnostics?.channel(name) ?? SILENT;
}

const CHANNELS = {
  "axio:request": channel("axio:request"),
  "axio:first-event": channel("axio:first-event"),
  "axio:retry": channel("axio:retry"),
  "axio:refresh": channel("axio:refresh"),
  "axio:end": channel("axio:end"),
} as const;

function publish<Name extends DiagnosticName>(name: Name, message: DiagnosticMessages[Name]): void {
  CHANNELS[name].publish(message);
}

/** Listens to a channel. Returns the function that stops it. */
export function onDiagnostic<Name extends DiagnosticName>(
  name: Name,
  listener: (message: DiagnosticMessages[Name]) => void,
): () => void {
  const receive = (message: unknown): void => listener(message as DiagnosticMessages[Name]);
  CHANNELS[name].subscribe(receive);
  return () => {
    CHANNELS[name].unsubscribe(receive);
  };
}

/** The names of all channels. */
export const DIAGNOSTIC_NAMES: readonly DiagnosticName[] = Object.keys(CHANNELS) as DiagnosticName[];

let calls = 0;

/** Publishes what happens in one call. */
export class CallTrace {
  readonly #call: number;
  readonly #context: Pick<RequestMessage, "model" | "url" | "conversationId">;
  readonly #startedAt: number = performance.now();
  #attempt = 0;
  #attemptAt = 0;
  #isWaiting = false;
  #end: Omit<EndMessage, "call" | "attempts" | "model" | "elapsedMs"> = { code: "aborted" };

  private constructor(context: Pick<RequestMessage, "model" | "url" | "conversationId">) {
    calls += 1;
    this.#call = calls;
    this.#context = context;
  }

  /** Begins a trace if a channel has a subscriber. */
  static begin(context: Pick<RequestMessage, "model" | "url" | "conversationId">): CallTrace | undefined {
    return DIAGNOSTIC_NAMES.some((name) => CHANNELS[name].hasSubscribers)
      ? new CallTrace(context)
      : undefined;
  }

  attempt(attempt: number): void {
    this.#attempt = attempt;
    this.#attemptAt = performance.now();
    this.#isWaiting = true;
    publish("axio:request", { call: this.#call, attempt, ...this.#context });
  }

  events(batch: readonly TransportEvent[]): void {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      const elapsedMs = performance.now() - this.#attemptAt;
      publish("axio:first-event", { call: this.#call, attempt: this.#attempt, elapsedMs });
    }
    const last = batch.at(-1);
    if (last?.type !== "step-end") return;
    const { stopReason, usage, responseId, model } = last;
    this.#end = { stopReason, usage, responseId, responseModel: model };
  }

  retry({ attempt, delayMs, error }: { attempt: number; delayMs: number; error: AxioError }): void {
    publish("axio:retry", { call: this.#call, attempt, delayMs, code: error.code });
  }

  fail(error: unknown): void {
    this.#end = { code: codeOf(error) };
  }

  end(): void {
    publish("axio:end", {
      call: this.#call,
      attempts: this.#attempt,
      model: this.#context.model,
      elapsedMs: performance.now() - this.#startedAt,
      ...this.#end,
    });
  }
}

/** Refreshes credentials, and publishes the result. */
export async function traceRefresh<Result>(refresh: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  const publishResult = (code?: string): void =>
    publish("axio:refresh", { elapsedMs: performance.now() - startedAt, code });
  try {
    const result = await refresh();
    publishResult();
    return result;
  } catch (error) {
    publishResult(codeOf(error));
    throw error;
  }
}

function codeOf(error: unknown): string {
  return AxioError.is(error) ? error.code : "unexpected";
}
