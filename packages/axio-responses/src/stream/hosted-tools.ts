import { type HostedToolBlock, isJsonObject, type JsonObject, type JsonValue, type Source } from "axio";
import { providerDataOf } from "../provider-data.ts";
import { searchSourcesOf } from "./sources.ts";
import { objectsOf, textOf } from "./wire-event.ts";

interface HostedKind {
  readonly name: string;
  /** The members of the item that are the input of the tool. */
  readonly input: readonly string[];
  readonly output?: (item: JsonObject) => string | undefined;
  readonly sources?: (item: JsonObject) => readonly Source[];
}

/** The hosted tools, by the type of their items. */
const KINDS: ReadonlyMap<string, HostedKind> = new Map([
  ["web_search_call", { name: "web-search", input: ["action"], sources: searchSourcesOf }],
  ["image_generation_call", { name: "image-generation", input: ["revised_prompt"] }],
  ["code_interpreter_call", { name: "code-interpreter", input: ["code"], output: logsOf }],
  ["file_search_call", { name: "file-search", input: ["queries"] }],
  ["mcp_call", { name: "mcp", input: ["server_label", "name", "arguments"], output: mcpOutput }],
  ["mcp_list_tools", { name: "mcp", input: ["server_label"] }],
]);

/** Returns the name of a hosted tool by the type of its items. */
export function hostedName(type: JsonValue | undefined): string | undefined {
  return typeof type === "string" ? KINDS.get(type)?.name : undefined;
}

/** Returns the block of a hosted tool call. The whole item is in `providerData`. */
export function hostedToolBlock(item: JsonObject): HostedToolBlock | undefined {
  const kind = typeof item["type"] === "string" ? KINDS.get(item["type"]) : undefined;
  if (kind === undefined) return undefined;
  const sources = kind.sources?.(item) ?? [];
  return {
    type: "hosted-tool",
    name: kind.name,
    status: textOf(item["status"]),
    input: inputOf(item, kind.input),
    output: kind.output?.(item),
    sources: sources.length === 0 ? undefined : sources,
    providerData: providerDataOf({ item }),
  };
}

/** The input is the action, without what it found, or else the other members. */
function inputOf(item: JsonObject, members: readonly string[]): JsonObject {
  const entries = members.flatMap((member): [string, JsonValue][] => {
    const value = item[member];
    return value === undefined || value === null ? [] : [[member, value]];
  });
  const { action, ...rest } = Object.fromEntries(entries);
  if (!isJsonObject(action)) return rest;
  const { sources: _, ...input } = action;
  return input;
}

function logsOf(item: JsonObject): string | undefined {
  const logs = objectsOf(item["outputs"]).flatMap((output) => textOf(output["logs"]) ?? []);
  return logs.length === 0 ? undefined : logs.join("\n");
}

function mcpOutput(item: JsonObject): string | undefined {
  return textOf(item["output"]) ?? textOf(item["error"]);
}
