import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context, trace } from "@opentelemetry/api";

/** Counts what a run does. */
export interface RunCounter {
  /** A request starts. */
  countRequest(): void;
  /** A tool call starts. */
  countToolCall(): void;
}

/** Is told what a transport does to get a response. */
export interface RequestListener {
  /** A request is sent to this URL. */
  sent(url: string, attempt: number): void;
  /** A request failed and is sent again. */
  retried(attempt: number, delayMs: number, code: string): void;
  /** Credentials were refreshed. */
  refreshed(elapsedMs: number, code: string | undefined): void;
}

/** The part of a run in which code is running. */
export interface Scope {
  /** The context of its span. */
  readonly context: Context;
  readonly run: RunCounter | undefined;
  readonly request: RequestListener | undefined;
}

/** Connects spans also in programs without a context manager. */
const scopes = new AsyncLocalStorage<Scope>();

/** The scope in which the caller runs, if there is one. */
export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

/** The context of new spans: that of the caller's own span, or else of the scope. */
export function parentContext(): Context {
  const active = context.active();
  return trace.getSpan(active) === undefined ? (currentScope()?.context ?? active) : active;
}

/** Calls `work` in a scope, and in its OpenTelemetry context. */
export function enter<Result>(scope: Scope, work: () => Result): Result {
  return scopes.run(scope, () => context.with(scope.context, work));
}
