import { resolve } from "node:path";
import type { ToolCallLocation, ToolKind } from "@agentclientprotocol/sdk";
import { isJsonObject, type JsonObject, type JsonValue } from "axio";

/** A tool call as an editor lists it. */
export interface CallDescription {
  /** Markdown, on one line. */
  readonly title: string;
  readonly kind: ToolKind;
  readonly locations: ToolCallLocation[];
}

/** The longest command or value in a title, in characters. */
const LONGEST_VALUE = 200;

interface Described {
  readonly kind: ToolKind;
  readonly title: (input: JsonObject) => string;
}

/** The tools that axio's packages bring. */
const KNOWN: { readonly [tool: string]: Described } = {
  read_file: { kind: "read", title: ({ path }) => `Read ${code(path)}` },
  list_files: { kind: "read", title: ({ path = "." }) => `List ${code(path)}` },
  search_files: { kind: "search", title: ({ pattern }) => `Search for ${code(pattern)}` },
  write_file: { kind: "edit", title: ({ path }) => `Write ${code(path)}` },
  patch_file: { kind: "edit", title: ({ path }) => `Edit ${code(path)}` },
  shell: { kind: "execute", title: ({ command }) => code(command) },
  shell_output: { kind: "execute", title: ({ id }) => `Output of ${code(id)}` },
  shell_stop: { kind: "execute", title: ({ id }) => `Stop ${code(id)}` },
  sub_agent: { kind: "think", title: ({ task }) => `Task: ${oneLine(task)}` },
};

/**
 * Describes a tool call. Before its input is known, the title is the name of the tool.
 *
 * @param cwd The directory to which paths are relative.
 */
export function describeCall(name: string, input: JsonValue | undefined, cwd: string): CallDescription {
  const known = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  const kind = known?.kind ?? "other";
  if (!isJsonObject(input)) return { title: name, kind, locations: [] };
  return { title: (known?.title ?? unknownTitle(name))(input), kind, locations: locationsOf(input, cwd) };
}

function unknownTitle(name: string): (input: JsonObject) => string {
  return (input) => {
    const value = ["query", "path", "url", "name"].map((key) => input[key]).find((text) => isText(text));
    return value === undefined ? name : `${name} ${code(value)}`;
  };
}

/** The files that a call is about, so that the editor can follow the agent. */
function locationsOf({ path, line }: JsonObject, cwd: string): ToolCallLocation[] {
  if (!isText(path)) return [];
  const place: ToolCallLocation = { path: resolve(cwd, path) };
  return [typeof line === "number" && Number.isInteger(line) && line >= 0 ? { ...place, line } : place];
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}

/** A value as inline code. */
function code(value: JsonValue | undefined): string {
  const text = oneLine(value);
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  return longest === 0 ? `${mark}${text}${mark}` : `${mark} ${text} ${mark}`;
}

function oneLine(value: JsonValue | undefined): string {
  const text = (typeof value === "string" ? value : JSON.stringify(value ?? "")).replace(/\s+/g, " ").trim();
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
