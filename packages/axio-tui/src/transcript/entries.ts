import type { AxioError, JsonValue, Source } from "axio";

/** What a person said. */
export interface UserEntry {
  readonly kind: "user";
  readonly id: number;
  readonly text: string;
  /** Names of what was given with it: `"image/png, 12 kB"`. */
  readonly attachments: readonly string[];
}

/** What the model says. */
export interface TextEntry {
  readonly kind: "text";
  readonly id: number;
  readonly text: string;
  readonly isLive: boolean;
  readonly isCommentary: boolean;
  readonly isRefusal: boolean;
  readonly sources: readonly Source[];
}

/** What the model thinks. */
export interface ReasoningEntry {
  readonly kind: "reasoning";
  readonly id: number;
  readonly text: string;
  readonly isLive: boolean;
}

/**
 * How far a tool call is: the model writes its arguments; it runs (or waits for the person); it is done; it failed, was denied or
 * interrupted.
 */
export type ToolState = "writing" | "running" | "done" | "failed";

/** A tool call, and what came of it. */
export interface ToolEntry {
  readonly kind: "tool";
  readonly id: number;
  readonly toolCallId: string;
  readonly name: string;
  readonly state: ToolState;
  /** The arguments as the model writes them. */
  readonly inputText: string;
  /** The arguments, once they are whole. */
  readonly input?: JsonValue;
  /** What the tool shows while it runs: its end, where it is long. */
  readonly output: string;
  readonly result?: string;
  /** Names of pictures and files in the result. */
  readonly attachments: readonly string[];
}

/** A tool that the provider runs. */
export interface HostedToolEntry {
  readonly kind: "hosted-tool";
  readonly id: number;
  readonly name: string;
  readonly isLive: boolean;
  readonly status?: string;
  readonly detail?: string;
  readonly output?: string;
}

/** A picture that the model made. */
export interface ImageEntry {
  readonly kind: "image";
  readonly id: number;
  readonly label: string;
  readonly isLive: boolean;
}

/** What the app says. `remedy` is what the person can do. */
export interface NoticeEntry {
  readonly kind: "notice";
  readonly id: number;
  readonly level: "info" | "warning" | "error";
  readonly text: string;
  readonly remedy?: string;
}

/** The call broke and starts anew. */
export interface RetryEntry {
  readonly kind: "retry";
  readonly id: number;
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: AxioError;
}

/** One thing in the transcript. A union on `kind`. `id` is unique in the app and stays as the entry grows. */
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

/** The id of a new entry. */
export function nextEntryId(): number {
  lastId += 1;
  return lastId;
}
