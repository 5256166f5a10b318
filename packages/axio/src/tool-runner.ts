import type { ToolResultBlock, ToolResultContent, ToolUseBlock } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import { errorText } from "./error-text.ts";
import { askGuards } from "./guards.ts";
import { isJsonObject } from "./json.ts";
import { runLimited } from "./limiter.ts";
import type { Guard, Tool, ToolContext, ToolOutput } from "./tool.ts";

/** What the runner needs to know of the run. */
export interface ToolRun {
  readonly tools: readonly Tool[];
  readonly guards: readonly Guard[];
  readonly context: ContextStore;
  /** The call's own: whatever listens to it is gone with the call. */
  readonly signal: AbortSignal;
  readonly onOutput: (delta: string) => void;
}

const INTERRUPTED = "Interrupted: the run was cancelled before this tool was done.";
const OUT_OF_TURNS = "Not run: the turns of this run were used up.";

/** The result of a tool that was stopped, or never begun. */
export function interruptedResult(toolCallId: string): ToolResultBlock {
  return errorResult(toolCallId, INTERRUPTED);
}

/** The result of a tool that was asked for in the run's last turn. */
export function outOfStepsResult(toolCallId: string): ToolResultBlock {
  return errorResult(toolCallId, OUT_OF_TURNS);
}

/**
 * Runs one tool call. Never throws: whatever goes wrong becomes an error result, so that the model can act on it.
 * When the run is cancelled the result comes at once, whether the tool heeds its signal or not.
 */
export async function runTool(call: ToolUseBlock, run: ToolRun): Promise<ToolResultBlock> {
  const { signal } = run;
  if (signal.aborted) return interruptedResult(call.id);
  let stop = (): void => undefined;
  const interrupted = new Promise<ToolResultBlock>((resolve) => {
    stop = () => resolve(interruptedResult(call.id));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([callTool(call, run), interrupted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function callTool(call: ToolUseBlock, run: ToolRun): Promise<ToolResultBlock> {
  const tool = run.tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    const names = run.tools.map(({ name }) => name);
    return errorResult(
      call.id,
      `There is no tool ${JSON.stringify(call.name)}. ${names.length === 0 ? "There are no tools." : `The tools are: ${names.join(", ")}.`}`,
    );
  }
  if (call.input === null && call.inputText !== undefined) {
    return errorResult(call.id, `The arguments of ${tool.name} are no valid JSON. Send them again, whole.`);
  }
  let running = true;
  try {
    // Copies, because what the model wrote goes into the history, and neither guard nor tool may write over it.
    let checked = await tool.validate(structuredClone(call.input));
    if (!checked.ok) return invalidArguments(tool, call.id, checked.issues);
    const verdict = await askGuards([...run.guards, ...tool.guards], {
      tool,
      toolCallId: call.id,
      input: structuredClone(call.input),
      signal: run.signal,
      context: run.context,
    });
    if (!verdict.allowed) return errorResult(call.id, `Denied: ${verdict.reason}`);
    if (verdict.changed) {
      checked = await tool.validate(verdict.input);
      if (!checked.ok) return invalidArguments(tool, call.id, checked.issues);
    }
    const input = checked.value as never;
    const context: ToolContext = {
      signal: run.signal,
      context: run.context,
      toolCallId: call.id,
      emit: (delta) => {
        if (running && !run.signal.aborted) run.onOutput(delta);
      },
    };
    const output = await runLimited(tool, async () => tool.execute(input, context), run.signal);
    return { type: "tool-result", toolCallId: call.id, content: toContent(output) };
  } catch (error) {
    return errorResult(call.id, errorText(error));
  } finally {
    running = false;
  }
}

function invalidArguments(tool: Tool, toolCallId: string, issues: readonly string[]): ToolResultBlock {
  return errorResult(
    toolCallId,
    `The arguments of ${tool.name} do not fit its schema:\n${issues.map((issue) => `- ${issue}`).join("\n")}`,
  );
}

function errorResult(toolCallId: string, content: string): ToolResultBlock {
  return { type: "tool-result", toolCallId, content, isError: true };
}

function toContent(output: ToolOutput): ToolResultBlock["content"] {
  if (typeof output === "string") return output;
  if (output === undefined) return "";
  if (isContentList(output)) return output;
  // A function or a symbol has no JSON at all.
  return JSON.stringify(output) ?? String(output);
}

function isContentList(output: ToolOutput): output is readonly ToolResultContent[] {
  return (
    Array.isArray(output) &&
    output.length > 0 &&
    output.every(
      (part) =>
        isJsonObject(part) &&
        ((part["type"] === "text" && typeof part["text"] === "string") ||
          ((part["type"] === "image" || part["type"] === "file") && isJsonObject(part["source"]))),
    )
  );
}
