import type { AxioError, JsonValue, Source } from "axio";

/** A prompt. */
export interface UserEntry {
  readonly kind: "user";
  readonly id: number;
  readonly text: string;
  /** Descriptions of the attachments: `"picture (image/png, 12 kB)"`. */
  readonly attachments: readonly string[];
}

/** Text of the model. */
export interface TextEntry {
  readonly kind: "text";
  readonly id: number;
  readonly text: string;
  readonly isLive: boolean;
  readonly isCommentary: boolean;
  readonly isRefusal: boolean;
  readonly sources: readonly Source[];
}

/** Reasoning of the model. */
export interface ReasoningEntry {
  readonly kind: "reasoning";
  readonly id: number;
  readonly text: string;
  readonly isLive: boolean;
}

/**
 * The state of a tool call. `writing`: the model writes its input; `running`: it runs, or waits for permission; `failed`: it
 * failed, or was denied or interrupted.
 */
export type ToolState = "writing" | "running" | "done" | "failed";

/** A tool call and its result. */
export interface ToolEntry {
  readonly kind: "tool";
  readonly id: number;
  readonly toolCallId: string;
  readonly name: string;
  readonly state: ToolState;
  /** The input, as far as the model has written it. */
  readonly inputText: string;
  /** The complete input. */
  readonly input?: JsonValue | undefined;
  /** The end of the output while the tool runs. */
  readonly output: string;
  /** The call waits for another call of the same tool. */
  readonly waitsForOther?: boolean | undefined;
  readonly result?: string | undefined;
  /** The change that the call made, as a unified diff. */
  readonly diff?: string | undefined;
  /** Descriptions of pictures and files in the result. */
  readonly attachments: readonly string[];
}

/** A call of a hosted tool. */
export interface HostedToolEntry {
  readonly kind: "hosted-tool";
  readonly id: number;
  readonly name: string;
  readonly isLive: boolean;
  readonly status?: string | undefined;
  readonly detail?: string | undefined;
  readonly output?: string | undefined;
}

/** A picture from the model. */
export interface ImageEntry {
  readonly kind: "image";
  readonly id: number;
  readonly label: string;
  readonly isLive: boolean;
}

/** A notice of the app. `remedy` says what the user can do. */
export interface NoticeEntry {
  readonly kind: "notice";
  readonly id: number;
  readonly level: "info" | "warning" | "error";
  readonly text: string;
  readonly remedy?: string | undefined;
}

/** A failed request that will be sent again. */
export interface RetryEntry {
  readonly kind: "retry";
  readonly id: number;
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: AxioError;
}

/** An entry of the transcript. A union on `kind`. `id` is unique, and stays the same while the entry grows. */
export type Entry =
  | UserEntry
  | TextEntry
  | ReasoningEntry
  | ToolEntry
  | HostedToolEntry
  | ImageEntry
  | NoticeEntry
  | RetryEntry;

let lastId = 0;

/** Returns an id for a new entry. */
export function nextEntryId(): number {
  lastId += 1;
  return lastId;
}
