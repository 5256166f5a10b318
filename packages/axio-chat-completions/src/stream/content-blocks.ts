import type { Block, JsonObject, Source, TransportEvent } from "axio";
import { toProviderData } from "../provider-data.ts";
import { addPiece, hasItem, type ReasoningDelta } from "./reasoning-items.ts";

interface OpenText {
  readonly type: "text" | "refusal";
  readonly index: number;
  text: string;
}

interface OpenReasoning {
  readonly type: "reasoning";
  readonly index: number;
  text: string;
  readonly details: JsonObject[];
  readonly thinkingBlocks: JsonObject[];
}

/** Numbers the blocks of one response, and gathers its text and reasoning. A block of another kind begins a new block. */
export class ContentBlocks {
  readonly #origin: string | undefined;
  #count = 0;
  #open: OpenText | OpenReasoning | undefined;
  /** Interrupted reasoning with items, to which a signature may still come. */
  readonly #late: OpenReasoning[] = [];
  #cited: Source[] = [];
  #listed: readonly Source[] = [];
  #hasText = false;
  #hasRefusal = false;

  constructor(origin: string | undefined) {
    this.#origin = origin;
  }

  /** How many blocks have begun. */
  get count(): number {
    return this.#count;
  }

  /** Whether there is text other than a refusal. */
  get hasText(): boolean {
    return this.#hasText;
  }

  get hasRefusal(): boolean {
    return this.#hasRefusal;
  }

  /** Begins a block that is not text or reasoning, and returns its number. */
  begin(out: TransportEvent[]): number {
    this.interrupt(out);
    return this.#count++;
  }

  addText(delta: string, type: OpenText["type"], out: TransportEvent[]): void {
    let open = this.#open;
    if (open?.type !== type) {
      open = { type, index: this.begin(out), text: "" };
      this.#open = open;
    }
    if (type === "text") this.#hasText = true;
    else this.#hasRefusal = true;
    open.text += delta;
    if (type === "refusal") out.push({ type: "text-delta", index: open.index, delta, refusal: true });
    else out.push({ type: "text-delta", index: open.index, delta });
  }

  addReasoning({ text, details, thinkingBlocks }: ReasoningDelta, out: TransportEvent[]): void {
    const pieces = [...details, ...thinkingBlocks];
    const open = text === "" ? this.#findReasoning(pieces, out) : this.#openReasoning(out);
    open.text += text;
    for (const piece of details) addPiece(open.details, piece);
    for (const piece of thinkingBlocks) addPiece(open.thinkingBlocks, piece);
    if (text !== "") out.push({ type: "reasoning-delta", index: open.index, delta: text });
  }

  /** Takes pages that the text cites. */
  addCited(pages: readonly Source[]): void {
    this.#cited.push(...pages);
  }

  /** Takes the pages of the whole response, in the place of those before. */
  setListed(pages: readonly Source[]): void {
    this.#listed = pages;
  }

  /** Ends the open block: something else follows. */
  interrupt(out: TransportEvent[]): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    if (open.type === "reasoning" && open.details.length + open.thinkingBlocks.length > 0)
      this.#late.push(open);
    else this.#end(open, out);
  }

  /** Ends all blocks: the response is whole. */
  finish(out: TransportEvent[]): void {
    const open = this.#open === undefined ? [] : [this.#open];
    const unfinished = [...this.#late.splice(0), ...open].sort((left, right) => left.index - right.index);
    this.#open = undefined;
    for (const block of unfinished) this.#end(block, out);
  }

  #openReasoning(out: TransportEvent[]): OpenReasoning {
    if (this.#open?.type === "reasoning") return this.#open;
    const open: OpenReasoning = {
      type: "reasoning",
      index: this.begin(out),
      text: "",
      details: [],
      thinkingBlocks: [],
    };
    this.#open = open;
    return open;
  }

  /** Signatures and encrypted reasoning complete a block, and do not interrupt text. */
  #findReasoning(pieces: readonly JsonObject[], out: TransportEvent[]): OpenReasoning {
    const known = this.#late.findLast(({ details, thinkingBlocks }) =>
      pieces.some((piece) => hasItem(details, piece) || hasItem(thinkingBlocks, piece)),
    );
    if (this.#open?.type === "reasoning" || (known === undefined && this.#open === undefined)) {
      return this.#openReasoning(out);
    }
    if (known !== undefined) return known;
    const late: OpenReasoning = {
      type: "reasoning",
      index: this.#count++,
      text: "",
      details: [],
      thinkingBlocks: [],
    };
    this.#late.push(late);
    return late;
  }

  #end(open: OpenText | OpenReasoning, out: TransportEvent[]): void {
    out.push({ type: "block-end", index: open.index, block: this.#toBlock(open) });
  }

  #toBlock(open: OpenText | OpenReasoning): Block {
    if (open.type !== "reasoning") {
      const sources = this.#takeSources();
      return {
        type: "text",
        text: open.text,
        refusal: open.type === "refusal" ? true : undefined,
        sources: sources.length === 0 ? undefined : sources,
      };
    }
    const { text, details, thinkingBlocks } = open;
    return {
      type: "reasoning",
      text,
      providerData: toProviderData({ origin: this.#origin, details, thinkingBlocks }),
    };
  }

  #takeSources(): readonly Source[] {
    const sources = new Map<string, Source>();
    for (const source of [...this.#cited, ...this.#listed]) {
      const key = `${source.url} ${source.start ?? ""} ${source.end ?? ""}`;
      if (!sources.has(key)) sources.set(key, source);
    }
    this.#cited = [];
    this.#listed = [];
    return [...sources.values()];
  }
}
