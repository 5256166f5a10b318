import { type Attributes, SpanKind, trace } from "@opentelemetry/api";
import type { AgentTool, Tool, ToolContext, ToolOutput } from "axio";
import { endSpan, errorType, secondsSince } from "./end-span.ts";
import { currentScope, enter, parentContext } from "./scope.ts";
import { type Telemetry, type TelemetryOptions, telemetryOf } from "./telemetry.ts";

/**
 * Creates an `execute_tool` span for each call of a tool. Code that the tool calls runs within the span. A tool that the
 * provider runs is returned as it is.
 */
export function traceTool(tool: AgentTool, options: TelemetryOptions = {}): AgentTool {
  return tracedTool(tool, telemetryOf(options));
}

/** A tool whose calls are recorded. */
export function tracedTool(tool: AgentTool, telemetry: Telemetry): AgentTool {
  if (tool.hosted !== undefined) return tool;
  return {
    ...tool,
    execute: (input, toolContext) => execute({ tool, input, toolContext }, telemetry),
  };
}

interface Call {
  readonly tool: Tool;
  readonly input: never;
  readonly toolContext: ToolContext;
}

async function execute({ tool, input, toolContext }: Call, telemetry: Telemetry): Promise<ToolOutput> {
  const { tracer, instruments, recordContent } = telemetry;
  const run = currentScope()?.run;
  run?.countToolCall();
  const startedAt = performance.now();
  const parent = parentContext();
  const span = tracer.startSpan(
    `execute_tool ${tool.name}`,
    { kind: SpanKind.INTERNAL, attributes: callAttributes(tool, toolContext) },
    parent,
  );
  if (recordContent) span.setAttribute("gen_ai.tool.call.arguments", toText(input));
  let failure: string | undefined;
  try {
    const scope = { context: trace.setSpan(parent, span), run, request: undefined };
    const output = await enter(scope, async () => tool.execute(input, toolContext));
    if (recordContent) span.setAttribute("gen_ai.tool.call.result", toText(output));
    return output;
  } catch (error) {
    failure = toolContext.signal.aborted ? "aborted" : errorType(error);
    throw error;
  } finally {
    instruments.toolDuration.record(secondsSince(startedAt), {
      "gen_ai.tool.name": tool.name,
      "gen_ai.tool.type": "function",
      ...(failure === undefined ? {} : { "error.type": failure }),
    });
    endSpan(span, failure);
  }
}

function callAttributes(tool: Tool, { toolCallId }: ToolContext): Attributes {
  return {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool.name,
    "gen_ai.tool.type": "function",
    "gen_ai.tool.description": tool.description,
    "gen_ai.tool.call.id": toolCallId,
  };
}

/** A value as JSON. Values without JSON, such as streams, are named by their type. */
function toText(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
