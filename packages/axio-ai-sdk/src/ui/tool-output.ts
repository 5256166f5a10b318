import { isJsonObject, type JsonValue, type ToolResultBlock, type ToolResultContent } from "axio";

/**
 * Returns the output of a tool as a page gets it: an object if the text is exactly one, so that components can read it;
 * otherwise the text, or the parts.
 */
export function toUIOutput({ content }: ToolResultBlock): JsonValue {
  if (typeof content !== "string")
    return { type: "content", value: JSON.parse(JSON.stringify(content)) as JsonValue };
  try {
    const value = JSON.parse(content) as JsonValue;
    // Only what becomes the same text again, which the prompt cache needs.
    return typeof value === "object" && JSON.stringify(value) === content ? value : content;
  } catch {
    return content;
  }
}

/** Returns the content of a tool result that a page sends back. */
export function fromUIOutput(output: unknown): ToolResultBlock["content"] {
  if (typeof output === "string") return output;
  if (isJsonObject(output) && output["type"] === "content" && Array.isArray(output["value"])) {
    const parts: readonly JsonValue[] = output["value"];
    if (parts.every(isResultPart)) return parts as unknown as readonly ToolResultContent[];
  }
  return JSON.stringify(output ?? null);
}

function isResultPart(part: JsonValue): boolean {
  if (!isJsonObject(part)) return false;
  if (part["type"] === "text") return typeof part["text"] === "string";
  return (
    (part["type"] === "image" || part["type"] === "file") &&
    typeof part["mediaType"] === "string" &&
    isJsonObject(part["source"])
  );
}

/** Returns the text of a result, for an error. */
export function textOf({ content }: ToolResultBlock): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}
