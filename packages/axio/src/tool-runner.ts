import type { ToolResultBlock, ToolResultContent, ToolUseBlock } from "./blocks.ts";
import type { ContextStore } from "./context-store.ts";
import { errorText } from "./error-text.ts";
import { checkCall } from "./guards.ts";
import { isJsonObject } from "./json.ts";
import { runLimited } from "./limiter.ts";
import type { Guard, Tool, ToolContext, ToolOutput } from "./tool.ts";

/** The run of a tool call. */
export interface ToolRun {
  readonly tools: readonly Tool[];
  readonly guards: readonly Guard[];
  readonly context: ContextStore;
  /** Belongs to this call alone, so that its listeners do not outlive the call. */
  readonly signal: AbortSignal;
  readonly onOutput: (delta: string) => void;
}

/** The result of a tool call that was aborted, or not started. */
export function interruptedResult(toolCallId: string): ToolResultBlock {
  return errorResult(toolCallId, "Interrupted: the run was aborted before this tool was done.");
}

/** The result of a tool call in the last step. */
export function outOfStepsResult(toolCallId: string): ToolResultBlock {
  return errorResult(toolCallId, "Not run: this was the last step of the run.");
}

/**
 * Runs one tool call. Never throws: the model gets every failure as an error result. If the run is aborted, this returns at
 * once, even if the tool ignores its signal.
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
  const { id: toolCallId, name, input, inputText } = call;
  const { signal, context, guards } = run;
  const tool = run.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) return errorResult(toolCallId, unknownTool(name, run.tools));
  if (input === null && inputText !== undefined) {
    return errorResult(toolCallId, `The input of ${name} is not valid JSON. Send all of it again.`);
  }
  let isRunning = true;
  const toolContext: ToolContext = {
    signal,
    context,
    toolCallId,
    emit: (delta) => {
      if (isRunning && !signal.aborted) run.onOutput(delta);
    },
  };
  try {
    const check = await checkCall(tool, guards, { toolCallId, input, signal, context });
    if (!check.ok) return errorResult(toolCallId, check.message);
    const output = await runLimited(
      tool,
      async () => tool.execute(check.input as never, toolContext),
      signal,
    );
    return { type: "tool-result", toolCallId, content: toContent(output) };
  } catch (error) {
    return errorResult(toolCallId, errorText(error));
  } finally {
    isRunning = false;
  }
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  const names = tools.map((tool) => tool.name).join(", ");
  const remedy = names === "" ? "There are no tools." : `The tools are: ${names}.`;
  return `There is no tool ${JSON.stringify(name)}. ${remedy}`;
}

function errorResult(toolCallId: string, content: string): ToolResultBlock {
  return { type: "tool-result", toolCallId, content, isError: true };
}

function toContent(output: ToolOutput): ToolResultBlock["content"] {
  if (typeof output === "string") return output;
  if (output === undefined) return "";
  if (isContentList(output)) return output;
  // Functions and symbols have no JSON.
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
