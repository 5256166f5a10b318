/** An event longer than this is not learned. A delta has a few hundred characters. */
const MAX_LENGTH = 4000;

/** How many misses in a row, beyond those that hits have earned, end the learning. */
const MAX_MISSES = 8;

/**
 * Reads the one text in which the events of a stream differ, without parsing the rest of their JSON. Nearly all events of a
 * response are deltas of the same text: the same JSON with another string, and with another padding or number.
 *
 * An event is read only if it equals the learned one everywhere else, character by character. Every other event, and a text
 * with an escape, is left to the parser.
 *
 * @example
 * ```ts
 * import { EventPattern } from "axio/internal";
 *
 * const pattern = new EventPattern(0);
 * pattern.learn('{"type":"delta","text":"Hello","padding":"xyz"}', "text", "Hello", /"padding":"[^"\\]*"/);
 * console.log(pattern.read('{"type":"delta","text":" world","padding":"x"}')); // " world"
 * console.log(pattern.read('{"type":"delta","text":" world","end":true}')); // undefined
 * ```
 */
export class EventPattern {
  #pattern: RegExp | undefined;
  #misses = 0;
  #hits = 0;
  #parsed = 0;
  readonly #after: number;

  /**
   * @param after How many events to leave to the parser before one is learned: a pattern is not worth its compilation for a
   *   short response. Default: 50.
   */
  constructor(after = 50) {
    this.#after = after;
  }

  /** The text of an event that differs from the learned one in nothing else. `undefined` for any other event. */
  read(data: string): string | undefined {
    const text = this.#pattern?.exec(data)?.[1];
    if (text !== undefined) this.#hits += 1;
    return text;
  }

  /**
   * Learns from an event that `read` did not know. Servers whose events differ in more than the text cost a few attempts.
   *
   * @param data The JSON of the event.
   * @param member The name of the member that holds the text. An event with two members of that name is not learned.
   * @param text The text of the event.
   * @param varying Members that nothing reads, as JSON: they may differ. It must match whole members.
   * @returns Whether `read` knows this event from now on. If not, it knows the one that was learned before.
   */
  learn(data: string, member: string, text: string, varying: RegExp): boolean {
    this.#parsed += 1;
    if (this.#parsed <= this.#after) return false;
    if (data.length > MAX_LENGTH || this.#misses > MAX_MISSES + this.#hits / 100) return false;
    const literal = JSON.stringify(text);
    // `read` does not know a text with an escape, whatever it has learned.
    if (literal.length !== text.length + 2) return false;
    this.#misses += 1;
    const token = `"${member}":${literal}`;
    const start = data.indexOf(token);
    if (start === -1 || data.match(new RegExp(`"${member}"\\s*:`, "g"))?.length !== 1) return false;
    const before = data.slice(0, start);
    const after = data.slice(start + token.length);
    this.#pattern = new RegExp(
      `^${tolerant(before, varying)}"${member}":"([^"\\\\\\u0000-\\u001f]+)"${tolerant(after, varying)}$`,
    );
    return true;
  }
}

/** The source of a pattern that matches a text, with other values of the varying members. */
function tolerant(text: string, varying: RegExp): string {
  const [, body = "", end = ""] = /^(.*?)( *\}?)$/s.exec(text) ?? [];
  const parts = body.split(new RegExp(varying.source, "g"));
  // Some servers pad their events with spaces before the last brace.
  const padded = end === "" ? "" : ` *${escapePattern(end.trimStart())}`;
  return parts.map(escapePattern).join(varying.source) + padded;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
