import type { ToolResultBlock, ToolUseBlock } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import { cutText } from "./cut-text.ts";
import { errorText } from "./error-text.ts";
import { AxioError } from "./errors.ts";
import type { ToolWaitReason } from "./events.ts";
import { findInexactInteger, inexactIntegerIssue } from "./exact-numbers.ts";
import { type CallCheck, checkCall, type Decide } from "./guards.ts";
import { HeadTailBuffer } from "./head-tail-buffer.ts";
import { isTooDeep, TOO_DEEP } from "./json-depth.ts";
import { runLimited } from "./limiter.ts";
import type { Guard, Tool, ToolContext, ToolEffect } from "./tool.ts";
import { DEFAULT_MAX_RESULT_BYTES, failedOutcome, type ToolOutcome, toolOutcome } from "./tool-output.ts";

/** One attempt of a tool call. */
export type ToolAttempt = Pick<ToolContext, "idempotencyKey" | "attempt" | "sql">;

/** A tool call that its guards have allowed. */
export interface AllowedCall {
  readonly call: ToolUseBlock;
  readonly tool: Tool;
  /** Validated. */
  readonly input: unknown;
  /** Runs the tool. Never throws. */
  readonly execute: (attempt: ToolAttempt) => Promise<ToolResultBlock>;
}

/** The run of a tool call. */
export interface ToolRun {
  readonly tools: readonly Tool[];
  readonly guards: readonly Guard[];
  readonly context: ContextStore;
  /** Stops this call alone, so that the listeners of its signal do not outlive the call. */
  readonly controller: AbortController;
  readonly onOutput: (delta: string) => void;
  /** Called when the call begins to wait for something else. */
  readonly onWait: (reason: ToolWaitReason) => void;
  readonly decide: Decide;
  /** Decides whether an allowed call is executed. Returns its result, or `undefined` if it has to run. */
  readonly attempt: (call: AllowedCall) => Promise<ToolResultBlock | undefined>;
}

/** The effect of a tool. */
export function effectOf(tool: Tool): ToolEffect {
  return tool.effect ?? "once";
}

/** The result of a tool call that was aborted before it was started. */
export function interruptedResult(toolCallId: string): ToolResultBlock {
  return result(toolCallId, failedOutcome("Interrupted: the run was aborted before this tool was done."));
}

/** The result of a tool call in the last step. */
export function outOfStepsResult(toolCallId: string): ToolResultBlock {
  return result(toolCallId, failedOutcome("Not run: this was the last step of the run."));
}

/** The result of a tool call whose worker was lost, so that it is not known whether it had its effect. */
export function unknownResult(toolCallId: string): ToolResultBlock {
  const message =
    "The outcome is unknown: the call was interrupted, and it may or may not have had its effect. Do not repeat it without asking the user.";
  return result(toolCallId, failedOutcome(message));
}

/** The result of a call with an output that is already known. */
export function knownResult(toolCallId: string, tool: Tool, output: unknown): ToolResultBlock {
  return result(toolCallId, toolOutcome(output, tool.maxResultBytes ?? DEFAULT_MAX_RESULT_BYTES));
}

/**
 * Runs one tool call. The model gets every failure as an error result. If the call is stopped, this returns at once, even if
 * the tool ignores its signal; the result then has the output so far. Returns `undefined` if the call waits for a decision.
 * Throws what `decide` and `attempt` throw.
 */
export async function runTool(call: ToolUseBlock, run: ToolRun): Promise<ToolResultBlock | undefined> {
  const { signal } = run.controller;
  const tool = run.tools.find((candidate) => candidate.name === call.name);
  if (signal.aborted) return interruptedResult(call.id);
  if (tool === undefined) return result(call.id, failedOutcome(unknownTool(call.name, run.tools)));
  const execution = new Execution(call, tool, run);
  const stop = (): void => execution.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await execution.result();
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

class Execution {
  readonly #call: ToolUseBlock;
  readonly #tool: Tool;
  readonly #run: ToolRun;
  readonly #maxBytes: number;
  readonly #emitted: HeadTailBuffer;
  #startedAt: number | undefined;
  #outputIfStopped: (() => string) | undefined;
  #isOver = false;
  #stop: (outcome: ToolOutcome) => void = () => undefined;
  readonly #stopped: Promise<ToolOutcome> = new Promise((resolve) => {
    this.#stop = resolve;
  });

  constructor(call: ToolUseBlock, tool: Tool, run: ToolRun) {
    this.#call = call;
    this.#tool = tool;
    this.#run = run;
    this.#maxBytes = tool.maxResultBytes ?? DEFAULT_MAX_RESULT_BYTES;
    this.#emitted = new HeadTailBuffer(this.#maxBytes);
  }

  /** Ends the call with the output so far. */
  stop(): void {
    this.#stop(this.#stoppedOutcome());
  }

  /** Checks the call, and lets it be executed. */
  async result(): Promise<ToolResultBlock | undefined> {
    const { id, name, input, inputText } = this.#call;
    const failed = (message: string): ToolResultBlock => result(id, failedOutcome(message));
    if (inputText !== undefined && typeof input !== "string" && isTooDeep(inputText))
      return failed(`The input of ${name} ${TOO_DEEP}`);
    if (input === null && inputText !== undefined)
      return failed(`The input of ${name} is not valid JSON. Send all of it again.`);
    const integer = typeof input === "string" ? undefined : findInexactInteger(inputText ?? "");
    if (integer !== undefined) return failed(`The input of ${name} ${inexactIntegerIssue(integer)}`);
    const check = await Promise.race([this.#check(), this.#stopped]);
    if (!("status" in check)) return result(id, check);
    if (check.status === "asked") return undefined;
    if (check.status === "denied") return result(id, failedOutcome(check.message, this.#maxBytes));
    const execute = (attempt: ToolAttempt): Promise<ToolResultBlock> => this.#execute(check.input, attempt);
    return this.#run.attempt({ call: this.#call, tool: this.#tool, input: check.input, execute });
  }

  #check(): Promise<CallCheck> {
    const { guards, context, onWait, controller, decide } = this.#run;
    const { id: toolCallId, input } = this.#call;
    onWait("guard");
    const request = { toolCallId, input, signal: controller.signal, context };
    return checkCall(this.#tool, guards, request, decide);
  }

  /** Waits for the turn of the call, and runs the tool. */
  async #execute(input: unknown, attempt: ToolAttempt): Promise<ToolResultBlock> {
    const { controller, onWait } = this.#run;
    const limits = { signal: controller.signal, onWait: () => onWait("concurrency") };
    const outcome = async (): Promise<ToolOutcome> => {
      try {
        const task = (): Promise<unknown> => this.#runTool(input, attempt);
        return toolOutcome(await runLimited(this.#tool, task, limits), this.#maxBytes);
      } catch (error) {
        return failedOutcome(errorText(error), this.#maxBytes);
      }
    };
    try {
      return result(this.#call.id, await Promise.race([outcome(), this.#stopped]));
    } finally {
      this.#isOver = true;
    }
  }

  /** The outcome if the signal fires now. */
  #stoppedOutcome(): ToolOutcome {
    const { reason } = this.#run.controller.signal;
    const why = reason instanceof ToolTimeoutError ? reason.message : abortedText(this.#startedAt);
    const output = this.#stoppedOutput();
    return { content: output === "" ? why : `${why} Its output so far:\n${output}`, isError: true };
  }

  /** The output that the tool provides for this case, or else what it emitted. */
  #stoppedOutput(): string {
    try {
      const output = this.#outputIfStopped?.();
      if (output !== undefined) return cutText(output, this.#maxBytes);
    } catch {
      // What it emitted is better than nothing.
    }
    return cutText(this.#emitted.text(), this.#maxBytes + NOTE_BYTES);
  }

  async #runTool(input: unknown, attempt: ToolAttempt): Promise<unknown> {
    const { controller, context, onOutput, onWait } = this.#run;
    const { signal } = controller;
    const { name, timeoutMs } = this.#tool;
    const toolContext: ToolContext = {
      ...attempt,
      signal,
      context,
      toolCallId: this.#call.id,
      emit: (delta) => {
        if (this.#isOver || signal.aborted) return;
        this.#emitted.add(String(delta));
        onOutput(String(delta));
      },
      setOutputIfStopped: (output) => {
        this.#outputIfStopped = output;
      },
    };
    onWait("tool");
    this.#startedAt = Date.now();
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => controller.abort(new ToolTimeoutError(name, timeoutMs)), timeoutMs);
    try {
      return await this.#tool.execute(input as never, toolContext);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The note of a {@link HeadTailBuffer} is not counted. */
const NOTE_BYTES = 100;

class ToolTimeoutError extends AxioError<"deadline-exceeded"> {
  constructor(name: string, timeoutMs: number) {
    super("deadline-exceeded", `Stopped: ${name} was not done after ${timeoutMs / 1_000} s.`);
  }
}

function abortedText(startedAt: number | undefined): string {
  if (startedAt === undefined) return "Interrupted: the run was aborted before this tool was started.";
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  return `Interrupted: stopped by the user after ${seconds} s.`;
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  const names = tools.map((tool) => tool.name).join(", ");
  const remedy = names === "" ? "There are no tools." : `The tools are: ${names}.`;
  return `There is no tool ${JSON.stringify(name)}. ${remedy}`;
}

function result(toolCallId: string, outcome: ToolOutcome): ToolResultBlock {
  return { type: "tool-result", toolCallId, ...outcome };
}
