/** How long an Enter that may belong to a paste waits for the rest of it, in milliseconds. No user types faster. */
export const BURST_MS = 30;
/** The longest time between two characters of a paste that arrives one by one, in milliseconds. */
const GAP_MS = 5;
/** How many single characters have to arrive like that. */
const MIN_CHARACTERS = 4;

/** Text without any key other than Enter and Tab. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are keys
const LINES = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]+$/;

/** A part of the input: keys, or lines that were pasted. */
export interface InputPart {
  readonly type: "keys" | "paste";
  readonly text: string;
}

/**
 * Recognizes pasted lines in terminals that do not mark a paste: text goes on right after an Enter. An Enter at the end of a
 * burst therefore waits until it is clear that nothing follows. A line feed is Ctrl-J, which sends nothing anyway.
 */
export class PasteBurst {
  readonly #now: () => number;
  #held = "";
  #lastAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** @param now Returns a monotonic time in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether an Enter waits. Then `flush()` has to be called after {@link BURST_MS}. */
  get isWaiting(): boolean {
    return this.#held !== "";
  }

  /** Takes a chunk of input, and returns what it means. */
  push(chunk: string): readonly InputPart[] {
    const gap = this.#now() - this.#lastAt;
    const before = gap >= BURST_MS ? this.flush() : [];
    this.#count = gap <= GAP_MS && chunk.length === 1 ? this.#count + 1 : 0;
    this.#lastAt = this.#now();
    if (!LINES.test(chunk)) return [...before, ...this.flush(), { type: "keys", text: chunk }];
    const goesOn = this.#held !== "" && /[^\r\n]/.test(chunk);
    if (goesOn || /[^\r\n]\n*\r[\r\n]*[^\r\n]/.test(chunk)) {
      const text = this.#held + chunk;
      this.#held = "";
      return [...before, { type: "paste", text }];
    }
    const end = chunk.search(/\r[\r\n]*$/);
    const mayGoOn = end > 0 || (end === 0 && (this.#held !== "" || this.#count >= MIN_CHARACTERS));
    if (!mayGoOn) return [...before, ...this.flush(), { type: "keys", text: chunk }];
    // The text is shown at once; only its Enter waits.
    this.#held += chunk.slice(end);
    return end === 0 ? before : [...before, { type: "keys", text: chunk.slice(0, end) }];
  }

  /** Returns an Enter that waited. */
  flush(): readonly InputPart[] {
    const text = this.#held;
    this.#held = "";
    return text === "" ? [] : [{ type: "keys", text }];
  }
}
