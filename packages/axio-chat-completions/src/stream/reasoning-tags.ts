/** The tags that models put around reasoning at the beginning of a response. */
const TAGS: readonly (readonly [open: string, close: string])[] = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<thought>", "</thought>"],
  ["<reasoning>", "</reasoning>"],
  ["<|START_THINKING|>", "<|END_THINKING|>"],
  ["[THINK]", "[/THINK]"],
];

type State = "start" | "reasoning" | "after" | "text";

/** A fragment of the content: reasoning or text. */
export interface TaggedFragment {
  readonly isReasoning: boolean;
  readonly text: string;
}

/**
 * Separates reasoning in tags from the text of a response. Only tags at the beginning count: elsewhere they are text, for example code about
 * tags. Tags may be cut anywhere; no more is held back than could be a tag.
 */
export class ReasoningTags {
  readonly #startsInReasoning: boolean;
  #state: State = "start";
  /** The beginning of the rest, which may become a tag. */
  #held = "";
  /** Whether reasoning has begun. White space before it belongs to the tag. */
  #hasBegun = false;
  /** The tags that may end the reasoning. */
  #closeTags: readonly string[] = TAGS.map(([, close]) => close);

  /** @param startsInReasoning Whether the prompt already holds the opening tag, so that only the closing one comes. */
  constructor(startsInReasoning: boolean) {
    this.#startsInReasoning = startsInReasoning;
  }

  /** Whether all that follows is text. */
  get isDone(): boolean {
    return this.#state === "text";
  }

  /** Takes the next fragment of the content. */
  feed(fragment: string): readonly TaggedFragment[] {
    const out: TaggedFragment[] = [];
    let text = this.#held + fragment;
    let state: State;
    do {
      state = this.#state;
      text = this.#step(text, out);
    } while (text !== "" && this.#state !== state);
    this.#held = text;
    return out;
  }

  /** Takes the end of the content: what was held back is no tag. */
  end(): readonly TaggedFragment[] {
    const isReasoning = this.#state === "reasoning" || (this.#state === "start" && this.#startsInReasoning);
    return this.#held === "" ? [] : [{ isReasoning, text: this.#held }];
  }

  /** Goes on in one state, and returns what is left of the text for the next one or the next fragment. */
  #step(text: string, out: TaggedFragment[]): string {
    switch (this.#state) {
      case "start":
        return this.#start(text);
      case "reasoning":
        return this.#reasoning(text, out);
      case "after": {
        // White space behind the closing tag belongs to neither side.
        const rest = text.trimStart();
        if (rest !== "") this.#state = "text";
        return rest;
      }
      case "text":
        if (text !== "") out.push({ isReasoning: false, text });
        return "";
    }
  }

  #start(text: string): string {
    const begin = text.trimStart();
    const tag = TAGS.find(([open]) => begin.startsWith(open));
    if (tag !== undefined) {
      const [open, close] = tag;
      this.#state = "reasoning";
      this.#closeTags = [close];
      return begin.slice(open.length);
    }
    if (TAGS.some(([open]) => open.startsWith(begin))) return text;
    this.#state = this.#startsInReasoning ? "reasoning" : "text";
    return text;
  }

  #reasoning(fragment: string, out: TaggedFragment[]): string {
    const text = this.#hasBegun ? fragment : fragment.trimStart();
    let position = text.length;
    let closeTag: string | undefined;
    for (const close of this.#closeTags) {
      const found = text.indexOf(close);
      if (found < 0 || found >= position) continue;
      position = found;
      closeTag = close;
    }
    if (closeTag === undefined) position -= Math.max(...this.#closeTags.map((close) => overlap(text, close)));
    else this.#state = "after";
    if (position > 0) {
      this.#hasBegun = true;
      out.push({ isReasoning: true, text: text.slice(0, position) });
    }
    return text.slice(position + (closeTag?.length ?? 0));
  }
}

/** How many characters at the end of the text may begin the tag. */
function overlap(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
