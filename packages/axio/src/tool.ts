import type { ToolResultContent } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Message } from "./messages.ts";

/** What a model is told of a tool. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** The arguments, as a JSON Schema of `type: "object"`. */
  readonly inputSchema: JsonObject;
  /** Asks the provider to hold the model to the schema exactly, where it can. Default `false`. */
  readonly strict?: boolean;
  /**
   * The model writes plain text in the place of JSON, held to the grammar where there is one. Providers without such tools
   * use `inputSchema`, which has the one member `input`.
   */
  readonly freeform?: { readonly grammar?: Grammar };
  /** The provider runs this tool by itself. */
  readonly hosted?: HostedToolSettings;
}

/** The grammar that a free-form tool's text is held to. */
export interface Grammar {
  readonly syntax: "lark" | "regex";
  readonly definition: string;
}

/** A tool that the provider runs by itself, in terms that hold for more than one provider. */
export type HostedToolSettings =
  | {
      readonly type: "web-search";
      /** Searches these domains, and those below them, only. */
      readonly allowedDomains?: readonly string[];
      /** How much of what is found the model reads. */
      readonly contextSize?: "low" | "medium" | "high";
      /** `false` searches what the provider has stored, and fetches nothing. */
      readonly live?: boolean;
      /** Has each search name the pages that it found, as the `sources` of its block. Default `false`: the answer names those it refers to. */
      readonly sources?: boolean;
      /** Where the person roughly is. `country` has two letters, `timezone` is such as `Europe/Berlin`. */
      readonly location?: {
        readonly city?: string;
        readonly region?: string;
        readonly country?: string;
        readonly timezone?: string;
      };
    }
  | {
      readonly type: "image-generation";
      /** `"1024x1536"`, for one. */
      readonly size?: string;
      readonly quality?: "auto" | "low" | "medium" | "high";
      readonly background?: "auto" | "transparent" | "opaque";
      readonly format?: "png" | "jpeg" | "webp";
      /** How many previews come before the picture, up to 3. */
      readonly partialImages?: number;
    };

/** A tool that the provider runs: an agent tells the model of it, and has nothing to run. */
export interface HostedTool extends ToolDefinition {
  readonly hosted: HostedToolSettings;
}

/** What a tool's function gets besides its arguments. */
export interface ToolContext {
  /** Fires when the run is cancelled. */
  readonly signal: AbortSignal;
  /** The conversation that the tool is called in. */
  readonly context: ContextStore;
  /** The id of this call. */
  readonly toolCallId: string;
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
  readonly toolCallId: string;
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
  /** Nothing of a tool that has `execute`. */
  readonly hosted?: never;
  /** Checks the model's arguments; what it gives is what `execute` gets. */
  readonly validate: (input: JsonValue) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
  readonly execute: (input: never, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
  readonly guards: readonly Guard[];
  /** How many calls of this tool may run at the same time. */
  readonly concurrency: number;
}

/** What an agent takes: tools of its own, and tools that the provider runs. */
export type AgentTool = Tool | HostedTool;

/** Chooses the tools of one step from those of the agent. */
export type ToolSelector = (request: {
  readonly tools: readonly AgentTool[];
  readonly messages: readonly Message[];
  /** 1 for the first step of the run. */
  readonly step: number;
  readonly signal: AbortSignal;
}) => readonly AgentTool[] | Promise<readonly AgentTool[]>;

/** Whether the model must, may or must not ask for a tool, or the name of the one that it must ask for. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };
