import { AgentStream } from "./agent-stream.ts";
import type { Block } from "./blocks.ts";
import { assertAtLeast, checkOptions, invalid } from "./check-options.ts";
import type { ContextStore } from "./context-store.ts";
import { assertDistinctNames } from "./distinct-names.ts";
import { type GenerationSettings, pickGeneration } from "./generation.ts";
import type { JsonObject } from "./json.ts";
import { MemoryContextStore } from "./memory-context-store.ts";
import { AGENT_RULES, promptBlocks, RUN_RULES } from "./option-rules.ts";
import { compileOutput, type OutputOptions } from "./output-schema.ts";
import type { RunInput, RunResult } from "./run.ts";
import type { RunObserver } from "./run-observer.ts";
import { DEFAULT_LAST_STEP_MESSAGE } from "./step-request.ts";
import type { AgentTool, Approver, Guard, ToolChoice, ToolSelector } from "./tool.ts";
import type { CompletionTransport, StreamRequest } from "./transport.ts";

/** The options of an {@link Agent}. */
export interface AgentOptions {
  /** Sends the requests to the provider. */
  readonly transport: CompletionTransport;
  /** The system prompt. Default: empty. */
  readonly system?: string | undefined;
  /** The tools that the model may call, hosted tools included. Default: none. */
  readonly tools?: readonly AgentTool[] | undefined;
  /** Check each tool call before it runs, in order, before the tool's own guards. Default: none. */
  readonly guards?: readonly Guard[] | undefined;
  /** Asks a user about the calls for which a guard returns `ask`. Default: they are denied. */
  readonly approve?: Approver | undefined;
  /** Chooses, step by step, which of the tools the model may call. Default: all. */
  readonly selector?: ToolSelector | undefined;
  /** The largest number of steps of a run, from 1. Default: 50. */
  readonly maxSteps?: number | undefined;
  /**
   * Sent, but not stored, as the last message of the last step: the model must answer without tools. Default: a
   * sentence that says so.
   */
  readonly lastStepMessage?: string | undefined;
  /**
   * Ends a run after this many repetitions of the same tool calls with the same inputs and results, from 2.
   * `Infinity` never does. Default: 5.
   */
  readonly repetitionLimit?: number | undefined;
  /** Watches the runs, for example to trace them. Default: nothing does. */
  readonly observer?: RunObserver | undefined;
}

/** The options of one run. */
export interface RunOptions extends GenerationSettings, Pick<StreamRequest, "model" | "reasoning"> {
  /** The conversation. Default: a new one in memory. */
  readonly context?: ContextStore | undefined;
  /** Aborts the run, like `AgentStream.abort()`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the model may, must or must not call a tool in the first step, or which one it must. Later steps are free.
   * Default: `"auto"`.
   */
  readonly toolChoice?: ToolChoice | undefined;
  /** The largest number of steps, from 1. Default: that of the agent. */
  readonly maxSteps?: number | undefined;
}

/** The options of a run that ends with an object. */
export interface ObjectRunOptions<Output> extends RunOptions, OutputOptions<Output> {}

/** The result of a run with an `output` schema. */
export interface ObjectRunResult<Output> extends RunResult {
  /** The text of the last response as an object that fits the schema. */
  readonly object: Output;
}

/**
 * A model with a system prompt and tools. Conversations live in context stores, so one agent serves many.
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
  readonly #options: Pick<
    RunInput,
    | "transport"
    | "system"
    | "tools"
    | "guards"
    | "selector"
    | "approve"
    | "maxSteps"
    | "lastStepMessage"
    | "repetitionLimit"
  >;
  readonly #observer: RunObserver | undefined;

  /** @throws AxioError `invalid-argument` for options that cannot be used, or two tools with one name. */
  constructor(options: AgentOptions) {
    checkOptions("Agent", options, AGENT_RULES);
    const { transport, selector, approve, system = "", tools = [], guards = [] } = options;
    const { maxSteps = 50, lastStepMessage = DEFAULT_LAST_STEP_MESSAGE, repetitionLimit = 5 } = options;
    assertDistinctNames(tools);
    assertAtLeast(1, "maxSteps", maxSteps);
    assertAtLeast(2, "repetitionLimit", repetitionLimit);
    this.#options = {
      transport,
      system,
      tools: [...tools],
      guards: [...guards],
      selector,
      approve,
      maxSteps,
      lastStepMessage,
      repetitionLimit,
    };
    this.#observer = options.observer;
  }

  /** The transport of the agent. */
  get transport(): CompletionTransport {
    return this.#options.transport;
  }

  /**
   * Prepares a run that ends with an object: `finalObject()` returns it, `partial-object` events show it grow.
   *
   * @throws AxioError `invalid-argument` for options that cannot be used.
   */
  runStream<Output = JsonObject>(
    prompt: string | readonly Block[],
    options: ObjectRunOptions<Output>,
  ): AgentStream<Output>;
  /**
   * Prepares a run. It starts when the stream is iterated.
   *
   * @param prompt The user's message. Pass `[]` to continue from the existing history, for example after a failed run.
   * @throws AxioError `invalid-argument` for a prompt or options that cannot be used.
   */
  runStream(prompt: string | readonly Block[], options?: RunOptions): AgentStream;
  runStream(
    prompt: string | readonly Block[],
    options: RunOptions & Partial<OutputOptions<unknown>> = {},
  ): AgentStream<unknown> {
    checkOptions("run", options, RUN_RULES);
    const { context = new MemoryContextStore(), signal, model, reasoning, toolChoice } = options;
    const { maxSteps = this.#options.maxSteps, output: schema } = options;
    assertAtLeast(1, "maxSteps", maxSteps);
    const output = schema === undefined ? undefined : compileOutput({ ...options, output: schema });
    return new AgentStream(
      {
        ...this.#options,
        context,
        prompt: promptBlocks(prompt),
        model,
        reasoning,
        toolChoice,
        ...pickGeneration(options),
        maxSteps,
        outputFormat: output?.format,
      },
      { signal, output, observer: this.#observer },
    );
  }

  /**
   * Runs to the end.
   *
   * @throws AxioError `aborted`, or the error of the run.
   *
   * @example
   * ```ts
   * const { text, usage } = await agent.run("Explain the Rust borrow checker.");
   * ```
   */
  run(prompt: string | readonly Block[], options?: RunOptions): Promise<RunResult> {
    return this.runStream(prompt, options).result();
  }

  /**
   * Runs to the end and returns an object that fits the schema.
   *
   * @throws AxioError `output-mismatch` if the text does not fit the schema; `invalid-argument` for options that cannot
   *   be used; `aborted`, or the error of the run.
   *
   * @example
   * ```ts
   * import { z } from "zod";
   *
   * const { object } = await agent.runObject("A recipe for pancakes", {
   *   output: z.object({ title: z.string(), steps: z.array(z.string()) }),
   * });
   * console.log(object.title);
   * ```
   */
  async runObject<Output = JsonObject>(
    prompt: string | readonly Block[],
    options: ObjectRunOptions<Output>,
  ): Promise<ObjectRunResult<Output>> {
    if (options?.output === undefined)
      throw invalid("runObject() has no schema. Pass it as the option output, or use run().");
    const stream = this.runStream(prompt, options);
    const object = await stream.finalObject();
    return { ...(await stream.result()), object };
  }
}
