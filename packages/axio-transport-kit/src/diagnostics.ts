import { channel } from "node:diagnostics_channel";
import { AxioError, type TransportEvent, type Usage } from "axio";

/** A request for an answer goes out. */
export interface RequestMessage {
  /** Numbers the calls of this process, from 1. */
  readonly call: number;
  /** 1 for the first try of the call. */
  readonly attempt: number;
  readonly model: string;
  /** The address, without its query. */
  readonly url: string;
  /** What the conversation is called to the backend. */
  readonly conversationId?: string | undefined;
}

/** The first event of a try is given out. */
export interface FirstEventMessage {
  readonly call: number;
  readonly attempt: number;
  /** Since the try began, in milliseconds. */
  readonly elapsedMs: number;
}

/** A try failed, and another one follows. */
export interface RetryMessage {
  readonly call: number;
  /** The try that failed. */
  readonly attempt: number;
  /** How long the call waits before the next try, in milliseconds. */
  readonly delayMs: number;
  /** The error's code. */
  readonly code: string;
}

/** The sign-in was renewed, or could not be. */
export interface RefreshMessage {
  readonly elapsedMs: number;
  /** The error's code, where it failed. */
  readonly code?: string | undefined;
}

/** A call is over. */
export interface EndMessage {
  readonly call: number;
  /** How many tries it took. */
  readonly attempts: number;
  readonly model: string;
  /** Since the call began, waits included, in milliseconds. */
  readonly elapsedMs: number;
  /** The error's code where it failed, `aborted` where it was left. */
  readonly code?: string | undefined;
  /** What follows is there where the call succeeded. */
  readonly stopReason?: string | undefined;
  readonly usage?: Usage | undefined;
  readonly responseId?: string | undefined;
  /** The model that answered. */
  readonly responseModel?: string | undefined;
}

/**
 * The channels of `node:diagnostics_channel` that tell what the transport does. Without a subscriber they cost nothing.
 * No message holds a token, a prompt or an answer.
 */
export interface DiagnosticMessages {
  readonly "axio:request": RequestMessage;
  readonly "axio:first-event": FirstEventMessage;
  readonly "axio:retry": RetryMessage;
  readonly "axio:refresh": RefreshMessage;
  readonly "axio:end": EndMessage;
}

/** The name of one of them. */
export type DiagnosticName = keyof DiagnosticMessages;

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

/** Listens to one channel. Returns the function that ends it. */
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

/** The names of the channels. */
export const DIAGNOSTIC_NAMES: readonly DiagnosticName[] = [
  "axio:request",
  "axio:first-event",
  "axio:retry",
  "axio:refresh",
  "axio:end",
];

let calls = 0;

/** Tells of one call, from its first try to its end. */
export class CallTrace {
  readonly #call: number;
  readonly #about: Pick<RequestMessage, "model" | "url" | "conversationId">;
  readonly #begunAt: number = performance.now();
  #attempt = 0;
  #attemptAt = 0;
  #isWaiting = false;
  #end: Omit<EndMessage, "call" | "attempts" | "model" | "elapsedMs"> = { code: "aborted" };

  private constructor(about: Pick<RequestMessage, "model" | "url" | "conversationId">) {
    calls += 1;
    this.#call = calls;
    this.#about = about;
  }

  /** Begins, unless nobody listens. */
  static begin(about: Pick<RequestMessage, "model" | "url" | "conversationId">): CallTrace | undefined {
    return DIAGNOSTIC_NAMES.some((name) => CHANNELS[name].hasSubscribers) ? new CallTrace(about) : undefined;
  }

  attempt(attempt: number): void {
    this.#attempt = attempt;
    this.#attemptAt = performance.now();
    this.#isWaiting = true;
    publish("axio:request", { call: this.#call, attempt, ...this.#about });
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
      model: this.#about.model,
      elapsedMs: performance.now() - this.#begunAt,
      ...this.#end,
    });
  }
}

/** Renews a sign-in, and tells how that went. */
export async function traceRefresh<Result>(refresh: () => Promise<Result>): Promise<Result> {
  const begunAt = performance.now();
  const tell = (code?: string): void =>
    publish("axio:refresh", { elapsedMs: performance.now() - begunAt, code });
  try {
    const result = await refresh();
    tell();
    return result;
  } catch (error) {
    tell(codeOf(error));
    throw error;
  }
}

function codeOf(error: unknown): string {
  return AxioError.is(error) ? error.code : "unexpected";
}
