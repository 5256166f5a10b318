import { isJsonObject, type JsonObject } from "axio";
import type { WireBlock } from "../provider-data.ts";
import { isThinking } from "./convert-messages.ts";
import type { CacheOptions } from "./options.ts";
import type { WireMessage } from "./wire-message.ts";

/** The most marks of one request. */
const MAX_MARKS = 4;

/** Rather few, so that no prefix that could be cached stays unmarked. */
const CHARACTERS_PER_TOKEN = 2.5;

/** The parts of a request that can be marked, in the order of the prefix. */
export interface Markable {
  readonly tools: readonly JsonObject[];
  readonly system: readonly WireBlock[];
  readonly messages: readonly WireMessage[];
}

/** How a request is marked. */
export interface MarkOptions {
  readonly cache: CacheOptions;
  /** The shortest prefix that is cached, in tokens. */
  readonly minTokens: number;
  /** Whether the body asks for automatic caching, which takes one mark. */
  readonly hasAutomatic: boolean;
}

/** A place for a mark: a tool, a block of the system prompt, or a block of a message. */
interface Place {
  readonly part: "tools" | "system" | "messages";
  readonly message: number;
  readonly block: number;
}

/**
 * Marks a request for the cache: the newest input, the input before it (whose end the request before has stored), the system
 * prompt and the tools. The caller's own marks count too. Marks are not part of the prefix, so moving them costs nothing.
 */
export function markForCache(request: Markable, { cache, minTokens, hasAutomatic }: MarkOptions): Markable {
  const own = countMarks(request);
  const [newest, ...before] = inputEnds(request.messages);
  const places = [
    hasAutomatic ? undefined : newest,
    before[0],
    lastOf("system", request.system),
    lastOf("tools", request.tools),
  ].filter((place) => place !== undefined);
  const lengths = prefixLengths(request);
  const chosen = places
    .filter((place) => !isMarked(request, place) && lengths(place) >= minTokens * CHARACTERS_PER_TOKEN)
    .slice(0, Math.max(0, MAX_MARKS - own - (hasAutomatic ? 1 : 0)));
  return chosen.reduce((marked, place) => withMark(marked, place, cache), request);
}

/** The last block of each input that can be marked, newest first. An unfinished response counts as an input. */
function inputEnds(messages: readonly WireMessage[]): readonly Place[] {
  const ends: Place[] = [];
  for (let message = messages.length - 1; message >= 0 && ends.length < 2; message--) {
    const { role, content } = messages[message] ?? { role: "system", content: [] };
    if (role === "system" || (role === "assistant" && message < messages.length - 1)) continue;
    const block = content.findLastIndex(isMarkable);
    if (block >= 0) ends.push({ part: "messages", message, block });
  }
  return ends;
}

/** The last element that can be marked. Tools that are loaded on demand are not part of the prefix. */
function lastOf(part: "system" | "tools", elements: readonly JsonObject[]): Place | undefined {
  const block = elements.findLastIndex(({ defer_loading: isDeferred }) => isDeferred !== true);
  return block < 0 ? undefined : { part, message: 0, block };
}

const MARKABLE: ReadonlySet<string> = new Set([
  "text",
  "image",
  "document",
  "search_result",
  "tool_use",
  "tool_result",
]);

function isMarkable({ type }: WireBlock): boolean {
  return (
    !isThinking(type) && (MARKABLE.has(type) || type.endsWith("_tool_result") || type === "server_tool_use")
  );
}

function countMarks({ tools, system, messages }: Markable): number {
  const blocks = [...tools, ...system, ...messages.flatMap(({ content }) => content)];
  return blocks.filter(({ cache_control: mark }) => isJsonObject(mark)).length;
}

function elementsOf(request: Markable, { part, message }: Place): readonly JsonObject[] {
  return part === "messages" ? (request.messages[message]?.content ?? []) : request[part];
}

function isMarked(request: Markable, place: Place): boolean {
  return elementsOf(request, place)[place.block]?.["cache_control"] !== undefined;
}

/** Returns a function that measures the prefix up to a place, in characters. */
function prefixLengths({ tools, system, messages }: Markable): (place: Place) => number {
  const toolsLength = JSON.stringify(tools).length;
  const systemLength = toolsLength + JSON.stringify(system).length;
  return ({ part, message }) => {
    if (part === "tools") return toolsLength;
    if (part === "system") return systemLength;
    return systemLength + JSON.stringify(messages.slice(0, message + 1)).length;
  };
}

function withMark(
  request: Markable,
  { part, message, block }: Place,
  { lifetime = "5m" }: CacheOptions,
): Markable {
  const isLong = lifetime === "1h" && part !== "messages";
  const mark = isLong ? { type: "ephemeral", ttl: "1h" } : { type: "ephemeral" };
  const marked = <Element extends JsonObject>(elements: readonly Element[]): readonly Element[] =>
    elements.map((element, index) => (index === block ? { ...element, cache_control: mark } : element));
  if (part === "tools") return { ...request, tools: marked(request.tools) };
  if (part === "system") return { ...request, system: marked(request.system) };
  return {
    ...request,
    messages: request.messages.map((each, index) =>
      index === message ? { ...each, content: marked(each.content) } : each,
    ),
  };
}
