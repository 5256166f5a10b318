const LONGEST = 64;
const VALID = /^[A-Za-z0-9_-]{1,64}$/;
const FOREIGN = /[^A-Za-z0-9_-]/g;

/**
 * The prefixes that the API asks of an item's id. Items of other types keep the prefix they have.
 */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["message", "msg"],
  ["reasoning", "rs"],
  ["function_call", "fc"],
  ["custom_tool_call", "ctc"],
]);

/**
 * Gives out ids that the API takes: at most 64 of `[A-Za-z0-9_-]`, none twice, an item's with the prefix of its type.
 * A good id stays as it is. The same history gets the same ids each time, so that a request begins with the bytes of the
 * one before it.
 */
export class IdIssuer {
  readonly #issued: Set<string> = new Set();
  /** How often each id was asked for, so that the search for a free one begins where the last one ended. */
  readonly #rounds: Map<string, number> = new Map();

  /** An id for an item, made from the one it has. */
  itemId(type: string, id: string): string {
    const prefix = PREFIXES.get(type);
    if (prefix === undefined) return this.#issue("", id);
    return this.#issue("", id.startsWith(`${prefix}_`) ? id : `${prefix}_${id}`);
  }

  /** An id for an item that has none, made from what the item says. */
  mintedItemId(type: string, content: string): string {
    return this.itemId(type, fingerprint(content));
  }

  /** An id that pairs a call with its output. */
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

/** The id for the first, second, third item that has this one. */
function idOf(id: string, round: number): string {
  if (round > 1) return shorten(id, `${id}#${round}`);
  return VALID.test(id) ? id : shorten(id, id);
}

function shorten(id: string, identity: string): string {
  const suffix = `_${fingerprint(identity)}`;
  return id.replace(FOREIGN, "_").slice(0, LONGEST - suffix.length) + suffix;
}

/** 16 hex digits: two FNV-1a hashes from different starts. Tells texts apart; it guards nothing. */
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
