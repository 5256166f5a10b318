import type { ToolResultBlock, ToolUseBlock } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import { cutText } from "./cut-text.ts";
import { errorText } from "./error-text.ts";
import { AxioError } from "./errors.ts";
import type { ToolWaitReason } from "./events.ts";
import { findInexactInteger, inexactIntegerIssue } from "./exact-numbers.ts";
import { checkCall } from "./guards.ts";
import { HeadTailBuffer } from "./head-tail-buffer.ts";
import { isTooDeep, TOO_DEEP } from "./json-depth.ts";
import { runLimited } from "./limiter.ts";
import type { Guard, Tool, ToolContext } from "./tool.ts";
import { DEFAULT_MAX_RESULT_BYTES, failedOutcome, type ToolOutcome, toolOutcome } from "./tool-output.ts";

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
}

/** The result of a tool call that was aborted before it was started. */
export function interruptedResult(toolCallId: string): ToolResultBlock {
  return result(toolCallId, failedOutcome("Interrupted: the run was aborted before this tool was done."));
}

/** The result of a tool call in the last step. */
export function outOfStepsResult(toolCallId: string): ToolResultBlock {
  return result(toolCallId, failedOutcome("Not run: this was the last step of the run."));
}

/**
 * Runs one tool call. Never throws: the model gets every failure as an error result. If the call is stopped, this returns at
 * once, even if the tool ignores its signal; the result then has the output so far.
 */
export async function runTool(call: ToolUseBlock, run: ToolRun): Promise<ToolResultBlock> {
  const { signal } = run.controller;
  const tool = run.tools.find((candidate) => candidate.name === call.name);
  if (signal.aborted) return interruptedResult(call.id);
  if (tool === undefined) return result(call.id, failedOutcome(unknownTool(call.name, run.tools)));
  const execution = new Execution(tool, run);
  let stop = (): void => undefined;
  const stopped = new Promise<ToolOutcome>((resolve) => {
    stop = () => resolve(execution.stoppedOutcome());
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return result(call.id, await Promise.race([execution.outcome(call), stopped]));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

class Execution {
  readonly #tool: Tool;
  readonly #run: ToolRun;
  readonly #maxBytes: number;
  readonly #emitted: HeadTailBuffer;
  #startedAt: number | undefined;
  #outputIfStopped: (() => string) | undefined;
  #isOver = false;

  constructor(tool: Tool, run: ToolRun) {
    this.#tool = tool;
    this.#run = run;
    this.#maxBytes = tool.maxResultBytes ?? DEFAULT_MAX_RESULT_BYTES;
    this.#emitted = new HeadTailBuffer(this.#maxBytes);
  }

  /** Checks the call, waits for its turn, and runs the tool. */
  async outcome({ id: toolCallId, name, input, inputText }: ToolUseBlock): Promise<ToolOutcome> {
    const { guards, context, onWait } = this.#run;
    const { signal } = this.#run.controller;
    if (inputText !== undefined && typeof input !== "string" && isTooDeep(inputText))
      return failedOutcome(`The input of ${name} ${TOO_DEEP}`);
    if (input === null && inputText !== undefined)
      return failedOutcome(`The input of ${name} is not valid JSON. Send all of it again.`);
    const integer = typeof input === "string" ? undefined : findInexactInteger(inputText ?? "");
    if (integer !== undefined) return failedOutcome(`The input of ${name} ${inexactIntegerIssue(integer)}`);
    try {
      onWait("guard");
      const check = await checkCall(this.#tool, guards, { toolCallId, input, signal, context });
      if (!check.ok) return failedOutcome(check.message, this.#maxBytes);
      const task = (): Promise<unknown> => this.#execute(check.input, toolCallId);
      const output = await runLimited(this.#tool, task, { signal, onWait: () => onWait("concurrency") });
      return toolOutcome(output, this.#maxBytes);
    } catch (error) {
      return failedOutcome(errorText(error), this.#maxBytes);
    } finally {
      this.#isOver = true;
    }
  }

  /** The outcome if the signal fires now. */
  stoppedOutcome(): ToolOutcome {
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

  async #execute(input: unknown, toolCallId: string): Promise<unknown> {
    const { controller, context, onOutput, onWait } = this.#run;
    const { signal } = controller;
    const { name, timeoutMs } = this.#tool;
    const toolContext: ToolContext = {
      signal,
      context,
      toolCallId,
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
