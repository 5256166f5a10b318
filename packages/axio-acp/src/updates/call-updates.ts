import type { SessionUpdate, ToolCallContent, ToolKind } from "@agentclientprotocol/sdk";
import type { HostedToolBlock, JsonValue, ToolResultBlock, ToolUseBlock } from "axio";
import { describeCall } from "./describe-call.ts";
import { diffContent, isUnifiedDiff } from "./diff-content.ts";
import {
  type RunProgress,
  type UpdateContext,
  type UpdateStep,
  withBlock,
  withCall,
  withoutCalls,
} from "./run-progress.ts";
import { addOutput } from "./shown-output.ts";
import { fenced, resultContent } from "./text-content.ts";

/** A call of the model that starts. Its input follows. */
interface StartedCall {
  readonly index: number;
  readonly toolCallId: string;
  readonly name: string;
}

/** Shows a call whose input is not known yet. */
export function openCall(
  progress: RunProgress,
  { index, toolCallId, name }: StartedCall,
  { cwd }: UpdateContext,
): UpdateStep {
  const shown = withBlock(progress, index, { type: "call", length: 0, toolCallId });
  const { title, kind } = describeCall(name, undefined, cwd);
  return {
    progress: withCall(shown, toolCallId, { name }),
    updates: [
      {
        sessionUpdate: "tool_call",
        toolCallId,
        name,
        title,
        kind: hostedKind(name) ?? kind,
        status: "pending",
      },
    ],
  };
}

/** Shows the input of a call. */
export function knowInput(
  progress: RunProgress,
  index: number,
  { id, name, input, inputText }: ToolUseBlock,
  { cwd }: UpdateContext,
): UpdateStep {
  const isOpen = progress.calls.has(id);
  const shown = withBlock(progress, index, { type: "call", length: 0, toolCallId: id });
  const described = {
    toolCallId: id,
    name,
    ...describeCall(name, input, cwd),
    status: "pending" as const,
    rawInput: input ?? inputText,
  };
  return {
    progress: withCall(shown, id, { name, input }),
    updates: [{ sessionUpdate: isOpen ? "tool_call_update" : "tool_call", ...described }],
  };
}

/** Shows that a call runs. */
export function startRunning(progress: RunProgress, id: string): UpdateStep {
  if (progress.calls.get(id)?.isRunning !== false) return { progress, updates: [] };
  return {
    progress: withCall(progress, id, { isRunning: true }),
    updates: [{ sessionUpdate: "tool_call_update", toolCallId: id, status: "in_progress" }],
  };
}

/** Shows the output of a running call so far. */
export function growOutput(progress: RunProgress, id: string, delta: string): UpdateStep {
  const call = progress.calls.get(id);
  if (call === undefined) return { progress, updates: [] };
  const { output, shown } = addOutput(call.output, delta);
  const next = withCall(progress, id, { output, isRunning: true });
  // A change of a file is shown with the result, as a diff.
  const content = shown === undefined || isUnifiedDiff(output.text) ? undefined : [fenced(shown)];
  if (content === undefined && call.isRunning) return { progress: next, updates: [] };
  return {
    progress: next,
    updates: [
      {
        sessionUpdate: "tool_call_update",
        toolCallId: id,
        status: "in_progress",
        ...(content !== undefined && { content }),
      },
    ],
  };
}

/** Shows the result of a call. */
export function finishCall(
  progress: RunProgress,
  result: ToolResultBlock,
  { cwd }: UpdateContext,
): UpdateStep {
  const call = progress.calls.get(result.toolCallId);
  return {
    progress: withoutCalls(progress, [result.toolCallId]),
    updates: [resultUpdate(result, call?.output.text ?? "", cwd)],
  };
}

/** The update for a result. The change of a file is the output of its tool. */
export function resultUpdate(result: ToolResultBlock, output: string, cwd: string): SessionUpdate {
  const isChange = result.isError !== true && isUnifiedDiff(output);
  return {
    sessionUpdate: "tool_call_update",
    toolCallId: result.toolCallId,
    status: result.isError === true ? "failed" : "completed",
    content: isChange ? diffContent(output, cwd) : resultContent(result),
  };
}

/** Shows that calls have no result. */
export function finishOpenCalls(progress: RunProgress, ids: Iterable<string>, reason: string): UpdateStep {
  const open = [...ids].filter((id) => progress.calls.has(id));
  return {
    progress: withoutCalls(progress, open),
    updates: open.map((toolCallId) => ({
      sessionUpdate: "tool_call_update",
      toolCallId,
      status: "failed",
      content: [
        ...outputContent(progress.calls.get(toolCallId)?.output.text ?? ""),
        { type: "content", content: { type: "text", text: reason } },
      ],
    })),
  };
}

function outputContent(output: string): ToolCallContent[] {
  return output === "" || isUnifiedDiff(output) ? [] : [fenced(output)];
}

/** Shows a call that the provider has run. */
export function finishHostedCall(
  progress: RunProgress,
  index: number,
  block: HostedToolBlock,
  id: string,
): UpdateStep {
  const isOpen = progress.calls.has(id);
  const shown = withBlock(progress, index, { type: "other", length: 0 });
  return {
    progress: withoutCalls(shown, [id]),
    updates: [hostedUpdate(block, id, isOpen)],
  };
}

/** The update for a call that the provider has run. */
export function hostedUpdate(block: HostedToolBlock, toolCallId: string, isOpen: boolean): SessionUpdate {
  const { name, input, output, status, sources = [] } = block;
  const pages = sources.map(
    ({ url, title }): ToolCallContent => ({
      type: "content",
      content: { type: "resource_link", name: title ?? url, uri: url },
    }),
  );
  const call = {
    toolCallId,
    name,
    title: hostedTitle(name, input),
    kind: hostedKind(name) ?? "other",
    status: status === "failed" ? ("failed" as const) : ("completed" as const),
    content: [...(output === undefined || output === "" ? [] : [fenced(output)]), ...pages],
    rawInput: input,
  };
  return isOpen ? { sessionUpdate: "tool_call_update", ...call } : { sessionUpdate: "tool_call", ...call };
}

function hostedTitle(name: string, input: HostedToolBlock["input"]): string {
  const value = ["query", "url", "pattern", "prompt"].map((key): JsonValue | undefined => input[key]);
  const text = value.find((found) => typeof found === "string" && found !== "");
  return text === undefined ? name : `${name}: ${String(text).replace(/\s+/g, " ").slice(0, 200)}`;
}

function hostedKind(name: string): ToolKind | undefined {
  const kinds: { readonly [tool: string]: ToolKind } = {
    "web-search": "search",
    "file-search": "search",
    "code-interpreter": "execute",
  };
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}
