const LONGEST = 64;
const VALID = /^[A-Za-z0-9_-]{1,64}$/;
const FOREIGN = /[^A-Za-z0-9_-]/g;

/** The prefixes of item ids that the API requires. Items of other types keep their prefix. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["message", "msg"],
  ["reasoning", "rs"],
  ["function_call", "fc"],
  ["custom_tool_call", "ctc"],
  ["web_search_call", "ws"],
  ["image_generation_call", "ig"],
  ["compaction", "cmp"],
  ["compaction_summary", "cmp"],
  ["context_compaction", "cmp"],
]);

/** Whether the API accepts the name of a tool or a namespace. */
export function isName(name: string): boolean {
  return VALID.test(name);
}

/**
 * Returns a tool name that the API accepts. A valid name stays as it is; other names, such as those of other providers, always
 * get the same one. `functions.read_file` becomes `read_file`: some models write the namespace into the name.
 */
export function fitName(name: string): string {
  const plain = toolName(name);
  return VALID.test(plain) ? plain : shorten(plain, name);
}

/** Returns the name of the tool that a model calls, without the namespace and control tokens that some models add to it. */
export function toolName(name: string): string {
  return name
    .replace(/<\|.*$/s, "")
    .trim()
    .replace(/^functions[.:/]+(?=.)/, "");
}

/**
 * Issues ids that the API accepts: at most 64 characters of `[A-Za-z0-9_-]`, unique, and for items with the prefix of their
 * type. A valid id stays as it is. The same history always gets the same ids, so that a request begins with the bytes of the
 * previous one.
 */
export class IdIssuer {
  readonly #issued: Set<string> = new Set();
  /** How often each id was requested, so that the search for a free one continues. */
  readonly #rounds: Map<string, number> = new Map();

  /** Returns an id for an item, based on its own. */
  itemId(type: string, id: string): string {
    const prefix = PREFIXES.get(type);
    if (prefix === undefined) return this.#issue("", id);
    return this.#issue("", id.startsWith(`${prefix}_`) ? id : `${prefix}_${id}`);
  }

  /** Returns an id for an item without one, based on its content. */
  contentItemId(type: string, content: string): string {
    return this.itemId(type, fingerprint(content));
  }

  /** Returns an id that pairs a tool call with its result. */
  callId(id: string): string {
    return this.#issue("call:", id === "" ? "call" : id);
  }

  #issue(space: string, id: string): string {
    let round = this.#rounds.get(space + id) ?? 1;
    let candidate = idOf(id, round);
    while (this.#issued.has(space + candidate)) {
      round += 1;
      candidate = idOf(id, round);
    }
    this.#rounds.set(space + id, round);
    this.#issued.add(space + candidate);
    return candidate;
  }
}

/** Returns another id with the same prefix, always the same. */
export function relabel(id: string): string {
  return `${id.slice(0, id.indexOf("_") + 1)}${fingerprint(id)}`;
}

/** Returns the id for the nth item with the same id. */
function idOf(id: string, round: number): string {
  if (round > 1) return shorten(id, `${id}#${round}`);
  return VALID.test(id) ? id : shorten(id, id);
}

function shorten(id: string, identity: string): string {
  const suffix = `_${fingerprint(identity)}`;
  return id.replace(FOREIGN, "_").slice(0, LONGEST - suffix.length) + suffix;
}

/** Returns two FNV-1a hashes with different starts, as 16 hex digits. Not for security. */
function fingerprint(text: string): string {
  return hash(text, 0x811c9dc5) + hash(text, 0x9747b28c);
}

function hash(text: string, start: number): string {
  let value = start;
  for (let position = 0; position < text.length; position++) {
    value = Math.imul(value ^ text.charCodeAt(position), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, "0");
}
