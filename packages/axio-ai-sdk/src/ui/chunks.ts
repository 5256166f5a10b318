import type { JsonObject, JsonValue } from "axio";

/** Data that comes back with a message. */
export type UIMetadata = Record<string, Record<string, never>>;

interface WithMetadata {
  readonly providerMetadata?: UIMetadata;
}

interface ToolChunk extends WithMetadata {
  readonly toolCallId: string;
  readonly providerExecuted?: boolean;
  readonly dynamic?: boolean;
}

/** Why a message ended. */
export type UIFinishReason = "stop" | "length" | "content-filter" | "tool-calls" | "error" | "other";

/** The chunks of the UI message stream protocol, version 1, that this package sends. Those of the AI SDK have the same form. */
export type UIChunk =
  | { readonly type: "start"; readonly messageId?: string; readonly messageMetadata?: JsonObject }
  | { readonly type: "start-step" }
  | { readonly type: "finish-step" }
  /** Removes the parts of the current step. Only `ai` 7 knows it. */
  | { readonly type: "reset-step" }
  | ({
      readonly type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end";
      readonly id: string;
    } & WithMetadata)
  | { readonly type: "text-delta" | "reasoning-delta"; readonly id: string; readonly delta: string }
  | (ToolChunk & { readonly type: "tool-input-start"; readonly toolName: string })
  | { readonly type: "tool-input-delta"; readonly toolCallId: string; readonly inputTextDelta: string }
  | (ToolChunk & {
      readonly type: "tool-input-available";
      readonly toolName: string;
      readonly input: JsonValue;
    })
  | {
      readonly type: "tool-output-available";
      readonly toolCallId: string;
      readonly output: JsonValue;
      readonly providerExecuted?: boolean;
      readonly dynamic?: boolean;
      readonly preliminary?: boolean;
    }
  | {
      readonly type: "tool-output-error";
      readonly toolCallId: string;
      readonly errorText: string;
      readonly providerExecuted?: boolean;
      readonly dynamic?: boolean;
    }
  | { readonly type: "source-url"; readonly sourceId: string; readonly url: string; readonly title?: string }
  | ({ readonly type: "file"; readonly url: string; readonly mediaType: string } & WithMetadata)
  | { readonly type: "data-axio-block"; readonly data: JsonValue }
  | { readonly type: "finish"; readonly finishReason?: UIFinishReason; readonly messageMetadata?: JsonObject }
  | { readonly type: "error"; readonly errorText: string }
  | { readonly type: "abort" };
