import { type HostedToolBlock, isJsonObject, type JsonObject, type JsonValue, type Source } from "axio";
import { providerDataOf } from "../provider-data.ts";
import { searchSourcesOf } from "./sources.ts";
import { objectsOf, textOf } from "./wire-event.ts";

interface HostedKind {
  readonly name: string;
  /** The members of the item that say what the tool was asked. */
  readonly input: readonly string[];
  readonly output?: (item: JsonObject) => string | undefined;
  readonly sources?: (item: JsonObject) => readonly Source[];
}

/** The tools that the server runs by itself, by the type of their item. */
const KINDS: ReadonlyMap<string, HostedKind> = new Map([
  ["web_search_call", { name: "web-search", input: ["action"], sources: searchSourcesOf }],
  ["image_generation_call", { name: "image-generation", input: ["revised_prompt"] }],
  ["code_interpreter_call", { name: "code-interpreter", input: ["code"], output: logsOf }],
  ["file_search_call", { name: "file-search", input: ["queries"] }],
  ["mcp_call", { name: "mcp", input: ["server_label", "name", "arguments"], output: mcpOutput }],
  ["mcp_list_tools", { name: "mcp", input: ["server_label"] }],
]);

/** What a type of item is called, where it is a tool that the server runs. */
export function hostedName(type: JsonValue | undefined): string | undefined {
  return typeof type === "string" ? KINDS.get(type)?.name : undefined;
}

/** The block for an item of a tool that the server ran. The item stays whole in `providerData`. */
export function hostedToolBlock(item: JsonObject): HostedToolBlock | undefined {
  const kind = typeof item["type"] === "string" ? KINDS.get(item["type"]) : undefined;
  if (kind === undefined) return undefined;
  const status = textOf(item["status"]);
  const output = kind.output?.(item);
  const sources = kind.sources?.(item) ?? [];
  return {
    type: "hosted-tool",
    name: kind.name,
    ...(status === undefined ? {} : { status }),
    input: inputOf(item, kind.input),
    ...(output === undefined ? {} : { output }),
    ...(sources.length === 0 ? {} : { sources }),
    providerData: providerDataOf({ item }),
  };
}

/** An action stands for itself, without what it found; other members keep their names. */
function inputOf(item: JsonObject, members: readonly string[]): JsonObject {
  const entries = members.flatMap((member): [string, JsonValue][] => {
    const value = item[member];
    return value === undefined || value === null ? [] : [[member, value]];
  });
  const { action, ...rest } = Object.fromEntries(entries);
  if (!isJsonObject(action)) return rest;
  const { sources: _, ...asked } = action;
  return asked;
}

function logsOf(item: JsonObject): string | undefined {
  const logs = objectsOf(item["outputs"]).flatMap((output) => textOf(output["logs"]) ?? []);
  return logs.length === 0 ? undefined : logs.join("\n");
}

function mcpOutput(item: JsonObject): string | undefined {
  return textOf(item["output"]) ?? textOf(item["error"]);
}
