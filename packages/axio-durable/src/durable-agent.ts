import { randomUUID } from "node:crypto";
import {
  Agent,
  type AgentOptions,
  AxioError,
  type Block,
  type ContextStore,
  type GenerationSettings,
} from "axio";
import {
  assertAtLeast,
  checkOptions,
  DEFAULT_LAST_STEP_MESSAGE,
  errorReporter,
  generationSettingsIn,
  hasMethods,
  OPTION,
  oneOf,
  pickGeneration,
  promptBlocks,
  type RulesOf,
} from "axio/internal";
import { type RunBudget, type RunFilter, type StoredRun, startRun } from "axio/runs";
import { Approvals } from "./approvals.ts";
import type { DriverAgent } from "./driver-input.ts";
import { type DurableStore, MemoryDurableStore } from "./durable-store.ts";
import type { Continuation, Engine, HeldRun, Worker } from "./engine.ts";
import { readTail } from "./event-tail.ts";
import { EventWriter } from "./event-writer.ts";
import { LeaseEngine } from "./lease-engine.ts";
import { noRun, type ObservedEvent, type ObserveOptions, observeRun } from "./observe.ts";
import { RunDriver } from "./run-driver.ts";
import { START_RULES } from "./start-rules.ts";

/** The options of a {@link DurableAgent}. */
export interface DurableAgentOptions extends Omit<AgentOptions, "approve" | "observer"> {
  /** Where runs and conversations are stored, the same for all workers. Default: in memory. */
  readonly store?: DurableStore | undefined;
  /** Decides which worker has a run. Default: leases of 30 seconds in the store. */
  readonly engine?: Engine | undefined;
  /** Signs approval tokens. A random secret, the same for all workers. Default: there are no tokens. */
  readonly approvalKey?: string | undefined;
  /** How often workers may be lost with a run before it fails, counted from its last finished step. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Whether a run waits until a usage limit resets, without a process, or fails. Default: `"fail"`. */
  readonly onUsageLimit?: "fail" | "wait" | undefined;
  /** Gets errors that are retried. Default: they are not reported. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The rules of the options that an agent does not have. */
const RULES: RulesOf<Omit<DurableAgentOptions, keyof AgentOptions>> = {
  store: { isValid: hasMethods("create", "open"), expected: "a store, such as openSessions()" },
  engine: { isValid: hasMethods("start", "startWorker"), expected: "an engine, such as a LeaseEngine" },
  approvalKey: OPTION.string,
  maxAttempts: { isValid: (value) => Number(value) >= 1, expected: "a number from 1" },
  onUsageLimit: oneOf("fail", "wait"),
  onError: OPTION.function,
};

/** The options of one durable run. The settings of a response hold for each of its responses, whichever worker asks for it. */
export interface StartOptions extends GenerationSettings {
  /** The conversation. Default: a new one. */
  readonly conversationId?: string | undefined;
  /** Identifies the run. Starting it again with the same id returns the existing run. Default: a random UUID. */
  readonly runId?: string | undefined;
  /** The model, by its id. Default: that of the transport. */
  readonly model?: string | undefined;
  /** The reasoning effort. Default: that of the transport. */
  readonly effort?: string | undefined;
  readonly maxSteps?: number | undefined;
  /** The limits of the run. Default: no limits. */
  readonly budget?: RunBudget | undefined;
}

/**
 * An agent whose runs outlive processes. Any process starts, observes, stops and approves; processes that call `work()`
 * continue the runs, each from where the last one left it.
 *
 * @example
 * ```ts
 * import { DurableAgent } from "axio-durable";
 *
 * const agent = new DurableAgent({ transport });
 * const worker = agent.work();
 * const { id } = await agent.start("Explain the Rust borrow checker.");
 * for await (const { event } of agent.observe(id)) {
 *   if (event.type === "text-delta") process.stdout.write(event.delta);
 * }
 * await worker.close();
 * ```
 */
export class DurableAgent {
  /** Lists and decides approvals. */
  readonly approvals: Approvals;
  readonly #store: DurableStore;
  readonly #engine: Engine;
  readonly #agent: DriverAgent;
  readonly #maxSteps: number;
  readonly #repetitionLimit: number;
  readonly #writer: EventWriter;

  /** @throws AxioError `invalid-argument` for options that cannot be used. */
  constructor(options: DurableAgentOptions) {
    const { store: given, engine: chosen, approvalKey, maxAttempts = 5, ...others } = options ?? {};
    const { onUsageLimit = "fail", onError, ...agent } = others;
    checkOptions(
      "DurableAgent",
      { store: given, engine: chosen, approvalKey, maxAttempts, onUsageLimit, onError },
      RULES,
    );
    // Checks the options that it shares with an agent.
    new Agent(agent);
    const { store = new MemoryDurableStore() } = options;
    const { engine = new LeaseEngine(store.runs, { onError }) } = options;
    const { transport, system = "", tools = [], guards = [], selector, maxSteps = 50 } = agent;
    const { lastStepMessage = DEFAULT_LAST_STEP_MESSAGE, repetitionLimit = 5 } = agent;
    assertTransactions(store, tools);
    this.#store = store;
    this.#engine = engine;
    this.#maxSteps = maxSteps;
    this.#repetitionLimit = repetitionLimit;
    this.#agent = { transport, system, tools, guards, selector, lastStepMessage, maxAttempts, onUsageLimit };
    this.#writer = new EventWriter(store.events, errorReporter(onError));
    this.approvals = new Approvals(store.runs, approvalKey, engine);
  }

  /**
   * Stores a run. A worker continues it, in this process or another one.
   *
   * @param prompt The user's message. Pass `[]` to continue from the existing history.
   * @throws AxioError `invalid-argument` if there is no such conversation, or the prompt, a limit or a setting cannot be used.
   */
  async start(prompt: string | readonly Block[], options: StartOptions = {}): Promise<StoredRun> {
    const { conversationId, runId = randomUUID(), model, effort, budget } = options;
    const { maxSteps = this.#maxSteps } = options;
    const blocks = promptBlocks(prompt);
    checkOptions("start()", options, START_RULES);
    assertAtLeast(1, "maxSteps", maxSteps);
    const existing = await this.#store.runs.get(runId);
    if (existing !== undefined) {
      // A process may have been lost before it told the engine.
      if (existing.status === "pending") await this.#engine.start(runId);
      return existing;
    }
    const context: ContextStore =
      conversationId === undefined ? await this.#store.create() : await this.#store.open(conversationId);
    const state = startRun({
      runId,
      conversationId: context.id,
      maxSteps,
      repetitionLimit: this.#repetitionLimit,
      model,
      effort,
      generation: generationSettingsIn(options).length === 0 ? undefined : pickGeneration(options),
      budget,
    });
    const run = await this.#store.runs.create({ state, prompt: blocks });
    await this.#engine.start(runId);
    return run;
  }

  /**
   * The events of a run, until its end. Leaving the loop does not stop the run.
   *
   * @throws AxioError `not-found` if there is no such run; `invalid-argument` if `after` is not a cursor.
   */
  observe(
    runId: string,
    { after, signal }: ObserveOptions = {},
  ): AsyncGenerator<ObservedEvent, void, undefined> {
    return observeRun(this.#store, runId, { after, signal });
  }

  /**
   * Stops a run for good, wherever it runs. A run that is over stays as it is.
   *
   * @throws AxioError `not-found` if there is no such run.
   */
  async stop(runId: string): Promise<StoredRun> {
    const run = await this.#store.runs.requestStop(runId);
    if (run === undefined) throw noRun(runId);
    await this.#engine.wake(runId);
    return run;
  }

  /** Returns a run, or `undefined` if it does not exist. */
  run(runId: string): Promise<StoredRun | undefined> {
    return this.#store.runs.get(runId);
  }

  /** Lists runs, newest first. */
  runs(filter?: RunFilter): Promise<readonly StoredRun[]> {
    return this.#store.runs.list(filter);
  }

  /** Continues runs in this process, until the worker is closed. */
  work(options: { readonly concurrency?: number | undefined } = {}): Worker {
    return this.#engine.startWorker({ ...options, handler: (held) => this.#continue(held) });
  }

  async #continue(held: HeldRun): Promise<Continuation> {
    const { run, lease } = held;
    const context = await this.#store.open(run.conversationId);
    const events = this.#writer.open(lease);
    const tail = await readTail(this.#store.events, run);
    const flush = (): Promise<void> => this.#writer.flush();
    const { runs } = this.#store;
    const driver = new RunDriver({ ...held, agent: this.#agent, runs, context, events, flush });
    try {
      return await driver.advance(tail);
    } finally {
      await this.#writer.flush();
    }
  }
}

function assertTransactions({ runs }: DurableStore, tools: NonNullable<AgentOptions["tools"]>): void {
  if (runs.transactToolCall !== undefined) return;
  const tool = tools.find(
    (candidate) => candidate.hosted === undefined && candidate.effect === "transaction",
  );
  if (tool === undefined) return;
  throw new AxioError(
    "invalid-argument",
    `The tool ${tool.name} has the effect "transaction", and this store has no transactions for tools. Use a store with transactToolCall(), or another effect.`,
  );
}
