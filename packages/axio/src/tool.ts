import type { ProviderData, ToolResultContent } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Message } from "./messages.ts";
import type { ValidationResult } from "./object-schema.ts";

/** A tool as the model sees it. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** The JSON Schema of the input, of `type: "object"`. */
  readonly inputSchema: JsonObject;
  /** Makes the provider enforce the schema. If it cannot, the transport warns once and sends the schema as a hint. Default: `false`. */
  readonly strict?: boolean | undefined;
  /**
   * The model writes plain text instead of JSON, which the grammar restricts if there is one. Providers without free-form
   * tools use `inputSchema`, which has the one property `input`.
   */
  readonly freeform?: { readonly grammar?: Grammar | undefined } | undefined;
  /** The provider runs this tool. */
  readonly hosted?: HostedToolSettings | undefined;
  /**
   * Members of the tool's definition that only one wire format has, under its key: `{ anthropic: { defer_loading: true } }`.
   * They come before the members that are made from the other properties.
   */
  readonly providerData?: ProviderData | undefined;
}

/** The grammar of the text that a free-form tool accepts. */
export interface Grammar {
  readonly syntax: "lark" | "regex";
  readonly definition: string;
}

/** The settings of a hosted tool, in terms that several providers share. */
export type HostedToolSettings =
  | {
      readonly type: "web-search";
      /** Restricts the search to these domains and their subdomains. */
      readonly allowedDomains?: readonly string[] | undefined;
      /** How much of the results the model reads. */
      readonly contextSize?: "low" | "medium" | "high" | undefined;
      /** `false` searches what the provider has stored, without fetching pages. */
      readonly live?: boolean | undefined;
      /** Lists the pages that each search found as the `sources` of its block. Default: `false`. */
      readonly sources?: boolean | undefined;
      /** The approximate location of the user. `country` has two letters, `timezone` is such as `Europe/Berlin`. */
      readonly location?:
        | {
            readonly city?: string | undefined;
            readonly region?: string | undefined;
            readonly country?: string | undefined;
            readonly timezone?: string | undefined;
          }
        | undefined;
    }
  | {
      readonly type: "image-generation";
      /** For example `"1024x1536"`. */
      readonly size?: string | undefined;
      readonly quality?: "auto" | "low" | "medium" | "high" | undefined;
      readonly background?: "auto" | "transparent" | "opaque" | undefined;
      readonly format?: "png" | "jpeg" | "webp" | undefined;
      /** The number of previews before the image, up to 3. */
      readonly partialImages?: number | undefined;
    }
  | {
      /** A tool that only one provider has. The `providerData` of the tool defines it. */
      readonly type: "provider";
    };

/** A tool that the provider runs. */
export interface HostedTool extends ToolDefinition {
  readonly hosted: HostedToolSettings;
}

/** The second argument of `execute`. */
export interface ToolContext {
  /** Fires when the run is aborted, or the call exceeds the `timeoutMs` of its tool. */
  readonly signal: AbortSignal;
  /** The conversation of the run. */
  readonly context: ContextStore;
  readonly toolCallId: string;
  /**
   * The same in each attempt of this call, and different for every other call. Pass it to services that accept one, so that a
   * repeated call has one effect.
   */
  readonly idempotencyKey: string;
  /** How often the call was begun, from 1. More than 1 only in durable runs, after a worker was lost. */
  readonly attempt: number;
  /** The transaction of a durable run, for tools of effect `transaction`. Its type depends on the run store. */
  readonly sql?: unknown;
  /** Shows output before the tool is done. It is part of the result only if the call is stopped. */
  readonly emit: (delta: string) => void;
  /**
   * Sets where the output of a stopped call comes from, for a tool that knows better than what it has emitted, such as the
   * last state of a progress bar. Called at most once, when the call is stopped.
   */
  readonly setOutputIfStopped: (output: () => string) => void;
}

/**
 * A value that `execute` may return. The model gets strings and lists of blocks as they are, anything else as JSON, or an
 * error result if it has no JSON, such as a stream. `object` rather than `JsonObject`, because interfaces have no index
 * signature.
 */
export type ToolOutput =
  | string
  | readonly ToolResultContent[]
  | number
  | bigint
  | boolean
  | null
  | undefined
  | object;

/**
 * Which effect a tool has outside the run, which decides whether a call is repeated after its worker was lost.
 *
 * - `none`: it only reads. It is repeated.
 * - `idempotent`: it has the same effect once or twice, for example because it passes `idempotencyKey` on. It is repeated.
 * - `transaction`: it writes only through `sql` of its context, in one transaction with its result. A call that fails or is
 *   stopped writes nothing. It is repeated.
 * - `once`: it must not happen twice. It is not repeated; the model is told that the outcome is unknown.
 */
export type ToolEffect = "none" | "idempotent" | "transaction" | "once";

/** A tool call, as a guard sees it. */
export interface GuardRequest<Input = unknown> {
  readonly tool: ToolDefinition;
  readonly toolCallId: string;
  /** The input as the model wrote it, or as the guard before changed it. It fits the input schema. */
  readonly input: Input;
  readonly signal: AbortSignal;
  readonly context: ContextStore;
}

/**
 * Whether a call may run: as it is, with another input (which is validated), or not, with a reason for the model. `ask` leaves
 * it to a user: to `approve` of the agent, or to an approval of a durable run. The decision holds for this question and input,
 * so a guard must ask the same question for the same input.
 */
export type GuardDecision =
  | { readonly action: "allow" }
  | { readonly action: "change"; readonly input: unknown }
  | { readonly action: "deny"; readonly reason: string }
  | {
      readonly action: "ask";
      readonly question: string;
      /** When the call counts as denied, in Unix milliseconds. Default: never. */
      readonly expiresAt?: number | undefined;
    };

/** A question of a guard about a tool call. */
export interface CallQuestion {
  readonly question: string;
  readonly toolName: string;
  readonly toolCallId: string;
  /** The input that would be run. */
  readonly input: unknown;
  /** When the call counts as denied, in Unix milliseconds. Default: never. */
  readonly expiresAt?: number | undefined;
}

/** The decision of a user about a tool call. `change` allows it with another input, which is validated. */
export type ApprovalDecision =
  | { readonly action: "allow"; readonly reason?: string | undefined }
  | { readonly action: "change"; readonly input: JsonValue; readonly reason?: string | undefined }
  | { readonly action: "deny"; readonly reason?: string | undefined };

/** Asks a user about a tool call. If it throws, the call is denied. */
export type Approver = (question: CallQuestion) => Promise<ApprovalDecision>;

/**
 * Checks a tool call before it runs. If it throws, the call is denied.
 *
 * @typeParam Input The type of the input, if the guard belongs to one tool.
 */
export type Guard<Input = unknown> = (request: GuardRequest<Input>) => GuardDecision | Promise<GuardDecision>;

/** A tool that an agent runs. Created by `defineTool` or `defineTextTool`. */
export interface Tool extends ToolDefinition {
  readonly hosted?: undefined;
  /** Validates the model's input. `execute` gets the value that this returns. */
  readonly validate: (input: unknown) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
  readonly execute: (input: never, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
  readonly guards: readonly Guard<never>[];
  /** How many calls of this tool may run at once. */
  readonly concurrency: number;
  /** The largest text of a result, in bytes of UTF-8. Default: 100,000. */
  readonly maxResultBytes?: number | undefined;
  /** How long one call may run. Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Default: `once`. */
  readonly effect?: ToolEffect | undefined;
  /**
   * Finds out whether an interrupted call of effect `once` has happened. If it has not, the call is run. If it throws, the outcome stays unknown.
   */
  readonly reconcile?: ((input: never, call: InterruptedCall) => Promise<ReconciledCall>) | undefined;
}

/** A call whose worker was lost before it had a result. */
export interface InterruptedCall {
  readonly toolCallId: string;
  readonly idempotencyKey: string;
}

/** Whether an interrupted call has happened. */
export type ReconciledCall =
  | { readonly happened: true; readonly output: ToolOutput }
  | { readonly happened: false };

/** A tool of an agent: one that the agent runs, or one that the provider runs. */
export type AgentTool = Tool | HostedTool;

/** Chooses the tools of one step from those of the agent. */
export type ToolSelector = (request: {
  readonly tools: readonly AgentTool[];
  readonly messages: readonly Message[];
  /** 1 for the first step of the run. */
  readonly step: number;
  readonly signal: AbortSignal;
}) => readonly AgentTool[] | Promise<readonly AgentTool[]>;

/** Whether the model may, must not or must call a tool, or the name of the one that it must call. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };
