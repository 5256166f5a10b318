import { isObject, type JsonObject } from "../../json.ts";
import { first, objectsIn } from "./check.ts";
import { blockMessages } from "./messages-of.ts";

/** A block or tool that the prompt cache sees, in the order of the prefix. */
export interface CachePart {
  /** The place in the body. */
  readonly path: string;
  readonly value: JsonObject;
  readonly level: "tools" | "system" | "messages";
}

/** The parts of a request in the order of the prompt cache: tools, system, messages. */
export function cacheParts(body: JsonObject): readonly CachePart[] {
  const { system } = body;
  const systemBlocks = typeof system === "string" ? [{ type: "text", text: system }] : objectsIn(system);
  return [
    ...objectsIn(body["tools"]).map((value, index) => part(`tools.${index}`, value, "tools")),
    ...systemBlocks.map((value, index) => part(`system.${index}`, value, "system")),
    ...blockMessages(body).flatMap(({ index, role, blocks }) =>
      blocks.map((value, position) =>
        part(`messages.${index}.content.${position}`, { role, ...value }, "messages"),
      ),
    ),
  ];
}

function part(path: string, value: JsonObject, level: CachePart["level"]): CachePart {
  return { path, value, level };
}

/** The lifetime of the mark of a part; `undefined` without a mark. */
export function lifetimeOf({ value }: CachePart): "5m" | "1h" | undefined {
  const mark = value["cache_control"];
  if (!isObject(mark)) return undefined;
  return mark["ttl"] === "1h" ? "1h" : "5m";
}

/** At most four marks; longer lifetimes first; no mark on thinking or on a deferred tool. */
export function refuseCacheMarks(body: JsonObject): string | undefined {
  const marked = cacheParts(body).filter((candidate) => lifetimeOf(candidate) !== undefined);
  const automatic = isObject(body["cache_control"]) ? 1 : 0;
  const count = marked.length + automatic + nestedMarks(body);
  if (count > 4) return `A maximum of 4 blocks with cache_control may be provided. Found ${count}.`;
  const deferred = marked.find(({ value }) => value["defer_loading"] === true);
  if (deferred !== undefined) {
    return `${deferred.path}: cache_control cannot be used on a tool with defer_loading=true`;
  }
  let hasShort = false;
  return first(marked, (candidate) => {
    const lifetime = lifetimeOf(candidate);
    if (lifetime === "5m") hasShort = true;
    return lifetime === "1h" && hasShort
      ? `${candidate.path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.`
      : undefined;
  });
}

/** Marks inside of tool results. */
function nestedMarks(body: JsonObject): number {
  return blockMessages(body)
    .flatMap(({ blocks }) => blocks)
    .flatMap(({ content }) => objectsIn(content))
    .filter((block) => isObject(block["cache_control"])).length;
}
