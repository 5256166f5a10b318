import { isJsonObject } from "axio";
import type { RequestBody } from "./body.ts";
import type { InputItem, InputTextPart } from "./input-items.ts";
import { inNamespace, type NamespaceToolParam } from "./namespace.ts";
import type { ToolParam } from "./tools.ts";

/** Tools that stand inside the input. */
export interface AdditionalToolsItem {
  type: "additional_tools";
  role: "developer";
  tools: (ToolParam | NamespaceToolParam)[];
}

/** What the developer says: the instructions of a request that has no member for them. */
export interface DeveloperMessageItem {
  type: "message";
  role: "developer";
  content: InputTextPart[];
}

/** The body for a lite model: instructions and tools stand in `input`, and the model calls one tool at a time. */
export interface LiteRequestBody
  extends Omit<RequestBody, "instructions" | "tools" | "parallel_tool_calls" | "reasoning" | "input"> {
  parallel_tool_calls: false;
  reasoning: NonNullable<RequestBody["reasoning"]> & { context: "all_turns" };
  input: (InputItem | AdditionalToolsItem | DeveloperMessageItem)[];
}

/**
 * Turns a body into the one that models with `use_responses_lite` take (GPT-5.6 and later, in the Codex backend's list of
 * models): its tools and instructions come first in `input`, functions and free-form tools in a namespace, those that the
 * server runs beside it; pictures have no `detail`. Pure: the same body gives the same bytes.
 */
export function toLiteBody(body: RequestBody): LiteRequestBody {
  const { instructions, tools, parallel_tool_calls: _parallel, reasoning, input, ...rest } = body;
  return {
    ...rest,
    parallel_tool_calls: false,
    reasoning: { ...reasoning, context: "all_turns" },
    input: [
      ...(tools.length === 0 ? [] : [additionalTools(tools)]),
      { type: "message", role: "developer", content: [{ type: "input_text", text: instructions }] },
      ...input.map(withoutDetail),
    ],
  };
}

function additionalTools(tools: readonly ToolParam[]): AdditionalToolsItem {
  return { type: "additional_tools", role: "developer", tools: inNamespace(tools) };
}

/** Takes `detail` off the pictures of a message or of a tool's output. */
function withoutDetail(item: InputItem): InputItem {
  const member = "output" in item ? "output" : "content";
  const parts: unknown = isJsonObject(item) ? item[member] : undefined;
  if (!Array.isArray(parts) || !parts.some(hasDetail)) return item;
  return { ...item, [member]: parts.map(stripDetail) } as InputItem;
}

function hasDetail(part: unknown): boolean {
  return isJsonObject(part) && part["type"] === "input_image" && "detail" in part;
}

function stripDetail(part: unknown): unknown {
  if (!isJsonObject(part) || !hasDetail(part)) return part;
  const { detail: _detail, ...rest } = part;
  return rest;
}
