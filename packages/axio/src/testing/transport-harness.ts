import type { JsonObject } from "../json.ts";
import type { CompletionTransport } from "../transport.ts";

/** The behavior of the peer of a transport. */
export type TransportScenario =
  /** Responds with the reasoning, if there is any, and the text. */
  | { readonly kind: "text"; readonly text: string; readonly reasoning?: string | undefined }
  /** Calls the tools in one response, and responds to their results with the text. */
  | {
      readonly kind: "tools";
      readonly calls: readonly { readonly name: string; readonly input: JsonObject }[];
      readonly text: string;
    }
  /** Starts a text and never ends it. */
  | { readonly kind: "endless" }
  /** Sends a part of a text, then closes the connection, for each request. */
  | { readonly kind: "truncated" }
  /** The same for the first request. Responds to the next one with the text. */
  | { readonly kind: "truncated-once"; readonly text: string }
  /** Rejects each request permanently. */
  | { readonly kind: "refused" };

/** A transport and its peer. */
export interface TransportHarness {
  /** Its retries wait for a few milliseconds at most. */
  readonly transport: CompletionTransport;
  /** Resolves when the peer has no open connection. */
  readonly disconnected: () => Promise<void>;
  /** The number of requests so far. Without it, a transport that sends requests too early is not detected. */
  readonly requestCount?: (() => number) | undefined;
  /** The model of each request so far. Without it, a transport that ignores the request's model is not detected. */
  readonly requestedModels?: (() => readonly string[]) | undefined;
  /** Called once after each check. */
  readonly close: () => Promise<void>;
}
