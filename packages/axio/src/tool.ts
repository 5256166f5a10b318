import type { ToolResultContent } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** What a model is told of a tool. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** The arguments, as a JSON Schema of `type: "object"`. */
  readonly inputSchema: JsonObject;
  /** Asks the provider to hold the model to the schema exactly, where it can. Default `false`. */
  readonly strict?: boolean;
}

/** What a tool's function gets besides its arguments. */
export interface ToolContext {
  /** Fires when the run is cancelled. */
  readonly signal: AbortSignal;
  /** The conversation that the tool is called in. */
  readonly context: ContextStore;
  /** The id of this call. */
  readonly toolUseId: string;
  /** Shows a piece of output before the tool is done. It is not part of the result. */
  readonly emit: (delta: string) => void;
}

/**
 * What a tool's function may give back. Text and a list of blocks are shown to the model as they are, anything else as
 * JSON. `object` and not `JsonObject`: an interface of your own has no index signature.
 */
export type ToolOutput = string | readonly ToolResultContent[] | number | boolean | null | undefined | object;

/** What a guard sees of a call. */
export interface GuardRequest {
  readonly tool: ToolDefinition;
  readonly toolUseId: string;
  /** The arguments, after the guards before this one. */
  readonly input: JsonValue;
  readonly signal: AbortSignal;
  readonly context: ContextStore;
}

/** What a guard decides: let it pass, pass it with other arguments, or deny it with a reason for the model. */
export type GuardDecision =
  | { readonly action: "allow" }
  | { readonly action: "change"; readonly input: JsonValue }
  | { readonly action: "deny"; readonly reason: string };

/** Looks at a tool call before it runs. Guards run in order; the first that denies ends it. */
export type Guard = (request: GuardRequest) => GuardDecision | Promise<GuardDecision>;

/** What validating a tool's arguments led to. */
export type ValidationResult<Input> =
  | { readonly ok: true; readonly value: Input }
  | { readonly ok: false; readonly issues: readonly string[] };

/** A tool, ready for an agent. Made by `defineTool`. */
export interface Tool extends ToolDefinition {
  /** Checks the model's arguments; what it gives is what `execute` gets. */
  readonly validate: (input: JsonValue) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
  readonly execute: (input: never, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
  readonly guards: readonly Guard[];
  /** How many calls of this tool may run at the same time. */
  readonly concurrency: number;
}
