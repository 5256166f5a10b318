import type { Block } from "./blocks.ts";
import {
  hasMethods,
  invalid,
  isAnything,
  isBoolean,
  isFunction,
  isListOf,
  isNumber,
  isObject,
  isString,
  type OptionRule,
  type OptionRules,
} from "./check-options.ts";
import { GENERATION_RULES } from "./generation.ts";
import { blockProblem } from "./message-json.ts";

const isTransport = hasMethods("stream");
const isStore = hasMethods("append", "history", "compact", "tokenCount");

const TRANSPORT: OptionRule = {
  isValid: isTransport,
  expected: "a transport, such as new CodexTransport()",
  isRequired: true,
};
const GUARDS: OptionRule = { isValid: isListOf(isFunction), expected: "a list of functions" };
/** The rule of `maxSteps`. */
export const MAX_STEPS: OptionRule = { isValid: isNumber, expected: "a whole number from 1" };

/** The rules of {@link AgentOptions}. */
export const AGENT_RULES: OptionRules = {
  transport: TRANSPORT,
  system: { isValid: isString, expected: "the system prompt as a string" },
  tools: { isValid: isListOf(isTool), expected: describeTools },
  guards: GUARDS,
  selector: { isValid: isFunction, expected: "a function that returns a list of tools" },
  maxSteps: MAX_STEPS,
  lastStepMessage: { isValid: isString, expected: "a string" },
  repetitionLimit: { isValid: isNumber, expected: "a whole number from 2, or Infinity" },
  approve: { isValid: isFunction, expected: "a function that returns a decision" },
  observer: { isValid: hasMethods("startRun"), expected: "an observer with the method startRun" },
};

/** The rules of {@link RunOptions} and {@link ObjectRunOptions}. */
export const RUN_RULES: OptionRules = {
  context: {
    isValid: isStore,
    expected: (value) =>
      Array.isArray(value)
        ? "the messages in a context store: new MemoryContextStore(messages)"
        : "a context store, such as new MemoryContextStore()",
  },
  signal: {
    isValid: hasMethods("addEventListener", "removeEventListener"),
    expected: (value) =>
      isObject(value) && "signal" in value
        ? "the signal of the controller: controller.signal"
        : "an AbortSignal",
  },
  model: { isValid: (value) => (isString(value) && value !== "") || isModel(value), expected: describeModel },
  reasoning: {
    isValid: isObject,
    expected: (value) =>
      isString(value) ? `an object: { effort: ${JSON.stringify(value)} }` : "an object: { effort, summary }",
  },
  toolChoice: {
    isValid: (value) =>
      ["auto", "none", "required"].includes(value as string) || (isObject(value) && isString(value["name"])),
    expected: (value) =>
      isString(value)
        ? `"auto", "none", "required", or { name: ${JSON.stringify(value)} }`
        : '"auto", "none", "required", or { name }',
  },
  ...GENERATION_RULES,
  maxSteps: MAX_STEPS,
  output: { isValid: isAnything, expected: "a schema" },
  outputName: { isValid: isString, expected: "a name" },
  strict: { isValid: isBoolean, expected: "true or false" },
};

/** The rules of {@link ToolOptions}. */
export const TOOL_RULES: OptionRules = {
  name: { isValid: isString, expected: "a name", isRequired: true },
  description: {
    isValid: isString,
    expected: "a string that tells the model what the tool does",
    isRequired: true,
  },
  inputSchema: { isValid: isAnything, expected: "a schema" },
  execute: { isValid: isFunction, expected: "a function that runs the tool", isRequired: true },
  guards: GUARDS,
  concurrency: { isValid: isNumber, expected: "a whole number from 1" },
  maxResultBytes: { isValid: isNumber, expected: "a number of bytes" },
  timeoutMs: { isValid: isNumber, expected: "a number of milliseconds" },
  effect: {
    isValid: (value) => ["none", "idempotent", "transaction", "once"].includes(value as string),
    expected: '"none", "idempotent", "transaction" or "once"',
  },
  reconcile: { isValid: isFunction, expected: "a function that finds out whether a call has happened" },
  strict: { isValid: isBoolean, expected: "true or false" },
};

const {
  inputSchema: _inputSchema,
  strict: _strict,
  reconcile: _reconcile,
  ...SHARED_TOOL_RULES
} = TOOL_RULES;

/** The rules of {@link TextToolOptions}. */
export const TEXT_TOOL_RULES: OptionRules = {
  ...SHARED_TOOL_RULES,
  grammar: { isValid: isObject, expected: "an object: { syntax, definition }" },
};

/** The rules of {@link CompactionOptions}. */
export const COMPACTION_RULES: OptionRules = {
  strategy: {
    isValid: isFunction,
    expected: (value) =>
      isTransport(value) ? "summarizeWith(transport)" : "a function, such as summarizeWith(transport)",
    isRequired: true,
  },
  keepTokens: { isValid: isNumber, expected: "a number of tokens" },
  maxTokens: { isValid: isNumber, expected: "a number of tokens" },
  signal: { isValid: hasMethods("addEventListener"), expected: "an AbortSignal" },
};

/** The rules of {@link AutoCompactionOptions}. */
export const AUTO_COMPACTION_RULES: OptionRules = {
  ...COMPACTION_RULES,
  maxTokens: { isValid: isNumber, expected: "80 to 90 % of the model's contextWindow", isRequired: true },
  onCompaction: { isValid: isFunction, expected: "a function" },
  onFailure: { isValid: isFunction, expected: "a function" },
};

/** @throws AxioError `invalid-argument` if a value is not a context store. */
export function checkStore(owner: string, store: unknown): void {
  if (!isStore(store))
    throw invalid(`${owner} needs a context store. Pass one, such as new MemoryContextStore().`);
}

/** @throws AxioError `invalid-argument` if a value is not a transport. */
export function checkTransport(owner: string, transport: unknown): void {
  if (!isTransport(transport))
    throw invalid(`${owner} needs a transport. Pass one, such as new CodexTransport().`);
}

/**
 * Returns the blocks of a prompt.
 *
 * @throws AxioError `invalid-argument` that names the fix.
 */
export function promptBlocks(prompt: unknown): readonly Block[] {
  if (prompt === "") return [];
  if (typeof prompt === "string") return [{ type: "text", text: prompt }];
  if (isMessage(prompt) || (Array.isArray(prompt) && prompt.some(isMessage))) {
    throw invalid(
      "The prompt has messages ({ role, content }). Pass the user's text, or its blocks, as the prompt, and earlier messages as the option context: new MemoryContextStore(messages).",
    );
  }
  if (!Array.isArray(prompt))
    throw invalid("The prompt is neither a string nor a list of blocks. Pass one of them.");
  const blocks: readonly unknown[] = prompt;
  for (const [position, block] of blocks.entries()) {
    if (typeof block === "string")
      throw invalid(
        `Block ${position} of the prompt is a string. Pass { type: "text", text: "…" }, or the string as the prompt.`,
      );
    const problem = blockProblem(block as Block & undefined);
    if (problem !== undefined) throw invalid(`Block ${position} of the prompt cannot be used: it ${problem}`);
  }
  return [...(prompt as readonly Block[])];
}

/** Returns whether a value has the properties of a model. */
export function isModel(value: unknown): boolean {
  return (
    isObject(value) && isString(value["id"]) && value["id"] !== "" && Array.isArray(value["capabilities"])
  );
}

/** Describes a model that can be passed instead of a value. */
export function describeModel(value: unknown): string {
  const id = isObject(value) && isString(value["id"]) ? JSON.stringify(value["id"]) : undefined;
  return id === undefined
    ? 'the id of a model, or a model with id and capabilities: { id: "…", capabilities: ["text", "tool-use"] }'
    : `the id alone (${id}), transport.models.get(${id}), or add capabilities: ["text", "tool-use"]`;
}

function isMessage(value: unknown): boolean {
  return isObject(value) && "role" in value && "content" in value;
}

function isTool(value: unknown): boolean {
  if (!isObject(value) || !isString(value["name"])) return false;
  return (
    isObject(value["hosted"]) ||
    (isFunction(value["execute"]) && isFunction(value["validate"]) && Array.isArray(value["guards"]))
  );
}

function describeTools(value: unknown): string {
  if (!Array.isArray(value)) return "a list: [tool, …]";
  const position = value.findIndex((tool) => !isTool(tool));
  return `tools that defineTool() or defineTextTool() created; number ${position + 1} of the list was not`;
}
