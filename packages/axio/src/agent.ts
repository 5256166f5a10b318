import type { LoopOptions, ToolSelector } from "./agent-loop.ts";
import { AgentStream } from "./agent-stream.ts";
import type { Block } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import { AxioError } from "./errors.ts";
import { MemoryContextStore } from "./memory-context-store.ts";
import { compileOutput, type ObjectSchema, type OutputOf, type OutputOptions } from "./output-schema.ts";
import type { AgentTool, Guard, ToolChoice } from "./tool.ts";
import type { CompletionTransport } from "./transport.ts";

/** What makes an agent. */
export interface AgentOptions {
  /** The way to the model. */
  readonly transport: CompletionTransport;
  /** The system prompt. Default: empty. */
  readonly system?: string;
  /** The tools that the model may ask for, its own and those that the provider runs. Default: none. */
  readonly tools?: readonly AgentTool[];
  /** Look at every tool call before it runs, in order, before the tool's own guards. Default: none. */
  readonly guards?: readonly Guard[];
  /** Chooses, call by call, which of the tools the model is told of. Default: all. */
  readonly selector?: ToolSelector;
  /** How many calls of the model one run may make, from 1. Default 50. */
  readonly maxSteps?: number;
  /**
   * Said to the model, and not stored, with the last of several such calls: it must answer without tools.
   * Default: a sentence that says so.
   */
  readonly lastStepMessage?: string;
  /**
   * Ends a run whose model asks for the same tools, with the same arguments and the same results, this many times over,
   * from 2. `Infinity` never does. Default 5.
   */
  readonly repetitionLimit?: number;
}

/** What may be said of one run. */
export interface RunOptions {
  /** Stops the run, like `AgentStream.abort()`. */
  readonly signal?: AbortSignal;
  /**
   * Whether the first call of the run may, must or must not ask for a tool, or for which one it must. The calls after it
   * are free. Default `"auto"`.
   */
  readonly toolChoice?: ToolChoice;
}

/** What may be said of a run that ends with an object. */
export interface ObjectRunOptions<Schema extends ObjectSchema> extends RunOptions, OutputOptions<Schema> {}

/** The defaults of {@link AgentOptions}. */
export const DEFAULT_AGENT_OPTIONS = {
  maxSteps: 50,
  lastStepMessage:
    "This is your last turn: no more tools can be run. Answer now with what you have, and say what is left to do.",
  repetitionLimit: 5,
} as const;

/**
 * A model with a system prompt and tools. Holds no conversation: that is the context store's, so one agent serves many.
 *
 * @example
 * ```ts
 * const agent = new Agent({ system: "You are a helpful assistant.", transport });
 * for await (const event of agent.runStream("Explain the Rust borrow checker.")) {
 *   if (event.type === "text-delta") process.stdout.write(event.delta);
 * }
 * ```
 */
export class Agent {
  readonly #options: Omit<LoopOptions, "context" | "prompt" | "signal" | "toolChoice" | "outputFormat">;

  /** @throws AxioError `invalid-argument` for two tools of one name, or a limit that is too low. */
  constructor(options: AgentOptions) {
    const { transport, selector, system = "", tools = [], guards = [] } = options;
    const {
      maxSteps = DEFAULT_AGENT_OPTIONS.maxSteps,
      lastStepMessage = DEFAULT_AGENT_OPTIONS.lastStepMessage,
      repetitionLimit = DEFAULT_AGENT_OPTIONS.repetitionLimit,
    } = options;
    const names = new Set<string>();
    for (const { name } of tools) {
      if (names.has(name))
        throw new AxioError(
          "invalid-argument",
          `Two tools are named ${JSON.stringify(name)}. Give each its own name.`,
        );
      names.add(name);
    }
    assertAtLeast(1, "maxSteps", maxSteps);
    assertAtLeast(2, "repetitionLimit", repetitionLimit);
    this.#options = {
      transport,
      system,
      tools: [...tools],
      guards: [...guards],
      selector,
      maxSteps,
      lastStepMessage,
      repetitionLimit,
    };
  }

  /** The transport in use. */
  get transport(): CompletionTransport {
    return this.#options.transport;
  }

  /**
   * Begins a run whose answer is an object: `finalObject()` gives it, `partial-object` events show it grow.
   *
   * @throws AxioError `invalid-argument` for a schema or a name that cannot be used.
   */
  runStream<const Schema extends ObjectSchema>(
    prompt: string | readonly Block[],
    context: ContextStore | undefined,
    options: ObjectRunOptions<Schema>,
  ): AgentStream<OutputOf<Schema>>;
  /**
   * Begins a run. Work starts with the first look at the stream.
   *
   * @param prompt What the user says. An empty list of blocks goes on from the history as it is, after a failure for one.
   * @param context The conversation. Default: a new one, in memory.
   * @throws AxioError `invalid-argument` for a prompt that is none.
   */
  runStream(prompt: string | readonly Block[], context?: ContextStore, options?: RunOptions): AgentStream;
  runStream(
    prompt: string | readonly Block[],
    context: ContextStore = new MemoryContextStore(),
    options: RunOptions & Partial<OutputOptions<ObjectSchema>> = {},
  ): AgentStream<unknown> {
    const blocks = promptBlocks(prompt);
    const { output: schema, signal, toolChoice } = options;
    const output = schema === undefined ? undefined : compileOutput({ ...options, output: schema });
    return new AgentStream(
      { ...this.#options, context, prompt: blocks, toolChoice, outputFormat: output?.format },
      signal,
      output,
    );
  }

  /**
   * Runs to the end and gives the text of the last answer.
   *
   * @throws AxioError `aborted`, or what made the run fail.
   */
  run(prompt: string | readonly Block[], context?: ContextStore, options?: RunOptions): Promise<string> {
    return this.runStream(prompt, context, options).finalText();
  }

  /**
   * Runs to the end and gives the answer as an object that fits the schema.
   *
   * @param output A Standard Schema with JSON Schema output (zod 4, valibot, arktype), or a plain JSON Schema of `type: "object"`.
   * @throws AxioError `output-mismatch` where the answer does not fit, `invalid-argument` for a schema that cannot be used,
   *   `aborted`, or what made the run fail.
   *
   * @example
   * ```ts
   * import { z } from "zod";
   *
   * const recipe = await agent.runObject(
   *   "A recipe for pancakes",
   *   z.object({ title: z.string(), steps: z.array(z.string()) }),
   * );
   * console.log(recipe.title);
   * ```
   */
  async runObject<const Schema extends ObjectSchema>(
    prompt: string | readonly Block[],
    output: Schema,
    context?: ContextStore,
    options?: Omit<ObjectRunOptions<Schema>, "output">,
  ): Promise<OutputOf<Schema>> {
    return this.runStream(prompt, context, { ...options, output }).finalObject();
  }
}

function assertAtLeast(least: number, name: string, limit: number): void {
  if (!(limit >= least))
    throw new AxioError("invalid-argument", `${name} is ${limit}. Use ${least} or more.`);
}

function promptBlocks(prompt: string | readonly Block[]): readonly Block[] {
  if (typeof prompt === "string") return [{ type: "text", text: prompt }];
  // Without types a prompt that was forgotten comes here.
  if (Array.isArray(prompt)) return [...prompt];
  throw new AxioError(
    "invalid-argument",
    "The prompt is neither a text nor a list of blocks. Give one of them.",
  );
}
