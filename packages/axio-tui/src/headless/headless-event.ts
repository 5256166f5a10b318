import type { AxioError, Block, JsonObject, RunEndReason, StreamEvent, Usage } from "axio";
import type { DeniedRequest } from "../host/create-host.ts";

/** A run begins. The first event. */
export interface RunStartEvent {
  readonly type: "run-start";
  /** The session in which the conversation is stored. Absent if it is not stored. */
  readonly sessionId?: string | undefined;
  /** The working directory, absolute. */
  readonly cwd: string;
  /** The name of the provider plugin. */
  readonly provider: string;
  readonly model: string;
  readonly effort?: string | undefined;
  readonly profile?: string | undefined;
}

/** A message of the app or a plugin. What it is about ends nothing. */
export interface NoticeEvent {
  readonly type: "notice";
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  /** The plugin. Default: the app. */
  readonly from?: string | undefined;
}

/** A request failed, and is about to be sent again. A `retry` event follows if a response had begun. */
export interface RequestRetryEvent {
  readonly type: "request-retry";
  readonly attempt: number;
  readonly maxRetries: number;
  readonly delayMs: number;
  readonly error: AxioError;
}

/** A permission request was denied. */
export interface PermissionDeniedEvent extends DeniedRequest {
  readonly type: "permission-denied";
  /** Permission rules that would have allowed it. */
  readonly rules: readonly string[];
}

/** The model gets what the user added during the run. */
export interface PromptAddedEvent {
  readonly type: "prompt-added";
  readonly blocks: readonly Block[];
}

/** The outcome of a run. The last event. */
export interface ResultEvent extends Pick<RunStartEvent, "sessionId" | "provider" | "model"> {
  readonly type: "result";
  readonly endReason: RunEndReason;
  /** The text of the last response, as far as it was received. */
  readonly text: string;
  /** The object, if the run had an output schema and the text fits it. */
  readonly object?: JsonObject | undefined;
  /** The sum over all steps. */
  readonly usage: Usage;
  readonly steps: number;
  readonly durationMs: number;
  /** The permission requests that were denied. */
  readonly denied: readonly PermissionDeniedEvent[];
  /** Why the run failed. */
  readonly error?: AxioError | undefined;
}

/** The events of a run without a terminal: those of the agent, and those of the app. A union on `type`. */
export type HeadlessEvent =
  | StreamEvent
  | RunStartEvent
  | NoticeEvent
  | RequestRetryEvent
  | PermissionDeniedEvent
  | PromptAddedEvent
  | ResultEvent;
