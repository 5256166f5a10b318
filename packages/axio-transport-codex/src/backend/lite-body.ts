import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { type InputItem, type RequestBody, toNamespace } from "axio-responses";

/**
 * Converts a body to the form of models with `use_responses_lite` (GPT-5.6 and later): tools and instructions come first in
 * `input`, functions and free-form tools in a namespace; the model calls one tool at a time; images have no `detail`.
 * The same body always gives the same bytes.
 */
export function toLiteBody(body: RequestBody): JsonObject {
  const { instructions, tools, parallel_tool_calls: _parallel, reasoning, input, ...rest } = body;
  return {
    ...rest,
    parallel_tool_calls: false,
    reasoning: { ...reasoning, context: "all_turns" },
    input: [
      ...(tools.length === 0
        ? []
        : [{ type: "additional_tools", role: "developer", tools: toNamespace(tools) }]),
      { type: "message", role: "developer", content: [{ type: "input_text", text: instructions }] },
      ...input.map(withoutDetail),
    ],
  };
}

/** Removes `detail` from the images of a message or of a tool's output. */
function withoutDetail(item: InputItem): JsonObject {
  const object: JsonObject = item;
  const name = "output" in item ? "output" : "content";
  const parts = object[name];
  if (!Array.isArray(parts) || !parts.some(hasDetail)) return object;
  return { ...object, [name]: parts.map(stripDetail) };
}

function hasDetail(part: JsonValue): part is JsonObject {
  return isJsonObject(part) && part["type"] === "input_image" && "detail" in part;
}

function stripDetail(part: JsonValue): JsonValue {
  if (!hasDetail(part)) return part;
  const { detail: _detail, ...rest } = part;
  return rest;
}
