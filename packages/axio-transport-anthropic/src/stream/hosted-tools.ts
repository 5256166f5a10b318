import { type HostedToolBlock, isJsonObject, type JsonObject, type Source } from "axio";
import { toProviderData, type WireBlock } from "../provider-data.ts";

/** The names that providers share, by the names of the API. */
const NAMES: Readonly<Record<string, string>> = {
  web_search: "web-search",
  web_fetch: "web-fetch",
  code_execution: "code-interpreter",
  bash_code_execution: "code-interpreter",
  text_editor_code_execution: "code-interpreter",
  tool_search_tool_regex: "tool-search",
  tool_search_tool_bm25: "tool-search",
  tool_search: "tool-search",
};

/** Returns the name of a hosted tool for a call or a result of the API. */
export function hostedToolName({ type, name }: WireBlock): string {
  if (type === "mcp_tool_use" || type === "mcp_tool_result") return "mcp";
  const wireName = typeof name === "string" ? name : type.replace(/(?:_tool)?_result$/, "");
  return NAMES[wireName] ?? wireName;
}

/** Returns the block of a call, with its result if there is one. `kept` is what goes back. */
export function hostedToolBlock(
  call: WireBlock | undefined,
  result: WireBlock | undefined,
  kept: WireBlock,
): HostedToolBlock {
  const input = call?.["input"];
  const named = call ?? result ?? kept;
  const outcome = result === undefined ? {} : readResult(result);
  return {
    type: "hosted-tool",
    name: hostedToolName(named),
    input: {
      ...(named.type.startsWith("mcp") && typeof named["name"] === "string" ? { tool: named["name"] } : {}),
      ...(typeof named["server_name"] === "string" ? { server: named["server_name"] } : {}),
      ...(isJsonObject(input) ? input : {}),
    },
    ...outcome,
    providerData: toProviderData({ block: kept }),
  };
}

type Outcome = Pick<HostedToolBlock, "status" | "output" | "sources">;

function readResult(result: WireBlock): Outcome {
  const { content } = result;
  const items: readonly JsonObject[] = Array.isArray(content)
    ? content.filter(isJsonObject)
    : isJsonObject(content)
      ? [content]
      : [];
  const error = items.find(({ type }) => typeof type === "string" && type.endsWith("_error"));
  const failed = error !== undefined || result["is_error"] === true;
  const output = items
    .map(textOf)
    .filter((text) => text !== "")
    .join("\n");
  const sources = items.flatMap(sourceOf);
  return {
    status: failed ? "failed" : "completed",
    ...(output === "" ? {} : { output }),
    ...(sources.length === 0 ? {} : { sources }),
  };
}

/** The text of one item of a result: an error code, what a program printed, a title, the names of tools. */
function textOf(item: JsonObject): string {
  const { error_code: errorCode, stdout, stderr, title, text, url, tool_references: references } = item;
  if (typeof errorCode === "string") return errorCode;
  if (typeof stdout === "string" || typeof stderr === "string") {
    return [stdout, stderr].filter((each) => typeof each === "string" && each !== "").join("\n");
  }
  if (Array.isArray(references)) {
    return references
      .filter(isJsonObject)
      .map(({ tool_name: name }) => String(name))
      .join("\n");
  }
  const shown = [text, title, url].find((each) => typeof each === "string" && each !== "");
  return typeof shown === "string" ? shown : "";
}

function sourceOf({ type, url, title, content }: JsonObject): readonly Source[] {
  if (
    typeof url !== "string" ||
    url === "" ||
    typeof type !== "string" ||
    !/^web_(?:search|fetch)_result$/.test(type)
  ) {
    return [];
  }
  const document = isJsonObject(content) ? content["title"] : undefined;
  const named = [title, document].find((each) => typeof each === "string" && each !== "");
  return [typeof named === "string" ? { url, title: named } : { url }];
}
