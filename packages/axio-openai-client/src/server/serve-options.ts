import type { AxioError, CompletionTransport } from "axio";
import type { Unsupported } from "axio-inbound";
import type { Ping } from "./event-chunks.ts";
import type { ReasoningCache } from "./reasoning-cache.ts";
import type { ResponseStore } from "./response-store.ts";

/** How requests of OpenAI's APIs are served. */
export interface ServeOptions {
  readonly transport: CompletionTransport;
  /** Stores responses for `previous_response_id`. */
  readonly store: ResponseStore;
  /** Keeps reasoning for clients of Chat Completions, which cannot send it back. */
  readonly reasoningCache: ReasoningCache;
  /** Refuses requests that ask for something that has no effect. */
  readonly strict: boolean;
  /** Sends reasoning to clients of Chat Completions as `reasoning_content`. */
  readonly showReasoning: boolean;
  /** Makes the body of a failed stream fail too, for clients in the same process. */
  readonly failsBody: boolean;
  /** Other names of models. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Reports what a client asked for and does not get. */
  readonly onUnsupported: (unsupported: readonly Unsupported[]) => void;
  /** The text that a stream sends while it waits. Default: none. */
  readonly ping?: Ping | undefined;
  /** Runs once for each streamed response, when all was read or the client has left. */
  readonly onEnd?: (() => void) | undefined;
  /** Reports a failed request. */
  readonly onError: (error: AxioError | unknown) => void;
}
