import { type Block, isJsonObject, type JsonObject, type TransportEvent } from "axio";
import { type ThinkingOrigin, toProviderData, type WireBlock } from "../provider-data.ts";
import { isResult } from "../request/server-calls.ts";
import { hostedToolBlock, hostedToolName } from "./hosted-tools.ts";
import {
  addMembers,
  type OpenBlock,
  openBlock,
  readInput,
  sourcesOf,
  toolUseBlock,
  wholeBlock,
} from "./open-block.ts";

/** Options of the blocks of a response. */
export interface BlockOptions {
  /** Stored with thinking, so that it goes back only to those who can read it. */
  readonly origin?: ThinkingOrigin | undefined;
  /** Turns the names of tools back. Default: they stay as they are. */
  readonly readName?: ((wireName: string) => string) | undefined;
}

const REFUSAL = "The request was refused by the safety rules of the provider.";

/** Numbers the blocks of one response, and assembles each from its events. */
export class ResponseBlocks {
  readonly #options: BlockOptions;
  /** By the index of the wire. */
  readonly #open = new Map<unknown, OpenBlock>();
  /** Calls of hosted tools without a result, by id. */
  readonly #hosted = new Map<string, { readonly index: number; readonly call: WireBlock }>();
  /** Calls whose input is not whole. Whether they were cut is known at the end. */
  #doubtful: OpenBlock[] = [];
  #calls = 0;
  #count = 0;

  constructor(options: BlockOptions) {
    this.#options = options;
  }

  /** How many blocks have begun. */
  get count(): number {
    return this.#count;
  }

  /** How many tool calls were given out. */
  get calls(): number {
    return this.#calls;
  }

  /** Forgets all blocks. */
  clear(): void {
    this.#open.clear();
    this.#hosted.clear();
    this.#doubtful = [];
    this.#calls = 0;
    this.#count = 0;
  }

  /** Ends a block. */
  stop(wireIndex: unknown, out: TransportEvent[]): void {
    const block = this.#open.get(wireIndex);
    if (block !== undefined) this.#close(wireIndex, block, false, out);
  }

  /**
   * Ends all blocks.
   *
   * @param isWhole Whether the response ended by itself. Otherwise a call whose input is not whole was cut.
   */
  finish(isWhole: boolean, out: TransportEvent[]): void {
    for (const [index, block] of [...this.#open]) this.#close(index, block, true, out);
    for (const block of isWhole ? this.#doubtful : []) this.#endCall(block, out);
    for (const { index, call } of this.#hosted.values()) {
      out.push({ type: "block-end", index, block: hostedToolBlock(call, undefined, call) });
    }
  }

  /** Begins a block. */
  start({ index, content_block: start }: JsonObject, out: TransportEvent[]): void {
    if (!isJsonObject(start) || !isWireBlock(start)) return;
    const before = this.#open.get(index);
    if (before !== undefined) this.#close(index, before, false, out);
    const block = openBlock(start);
    this.#open.set(index, block);
    // Text and thinking without content begin no block.
    if (start.type !== "text" && start.type !== "thinking") this.#indexOf(block);
    if (start.type === "tool_use") {
      out.push({
        type: "tool-use-start",
        index: this.#indexOf(block),
        toolCallId: idOf(start),
        name: this.#nameOf(start),
      });
    } else if (isHostedCall(start.type)) {
      out.push({ type: "hosted-tool-start", index: this.#indexOf(block), name: hostedToolName(start) });
    } else if (block.text !== "") this.#show(block, block.text, out);
  }

  /** Adds a `text_delta` to its block. */
  addText(wireIndex: unknown, text: string, out: TransportEvent[]): void {
    const block = this.#open.get(wireIndex);
    if (block !== undefined) this.#append(block, text, out);
  }

  /** Adds a delta to its block. */
  addDelta({ index, delta }: JsonObject, out: TransportEvent[]): void {
    const block = this.#open.get(index);
    if (block === undefined || !isJsonObject(delta)) return;
    switch (delta["type"]) {
      case "text_delta":
        this.#append(block, delta["text"], out);
        break;
      case "thinking_delta":
        this.#append(block, delta["thinking"], out);
        break;
      case "input_json_delta":
        this.#append(block, delta["partial_json"], out);
        break;
      case "signature_delta":
        if (typeof delta["signature"] === "string") block.signature += delta["signature"];
        break;
      case "citations_delta":
        if (isJsonObject(delta["citation"])) block.citations.push(delta["citation"]);
        break;
      default:
        addMembers(block, delta);
    }
  }

  #append(block: OpenBlock, text: unknown, out: TransportEvent[]): void {
    if (typeof text !== "string" || text === "") return;
    block.text += text;
    this.#show(block, text, out);
  }

  #show(block: OpenBlock, delta: string, out: TransportEvent[]): void {
    const { type } = block;
    if (type === "text") out.push({ type: "text-delta", index: this.#indexOf(block), delta });
    else if (type === "thinking") out.push({ type: "reasoning-delta", index: this.#indexOf(block), delta });
    else if (type === "tool_use") {
      out.push({
        type: "tool-input-delta",
        index: this.#indexOf(block),
        toolCallId: idOf(block.start),
        delta,
      });
    }
  }

  /** @param isCut Whether the end of the block is missing. */
  #close(wireIndex: unknown, block: OpenBlock, isCut: boolean, out: TransportEvent[]): void {
    this.#open.delete(wireIndex);
    const { start, text, signature, citations } = block;
    const { origin } = this.#options;
    switch (start.type) {
      case "text": {
        if (text === "" && block.index === undefined) return;
        const sources = sourcesOf(citations);
        this.#end(block, out, {
          type: "text",
          text,
          ...(sources.length === 0 ? {} : { sources }),
          ...(citations.length === 0 ? {} : { providerData: toProviderData({ members: { citations } }) }),
        });
        return;
      }
      case "thinking":
        if (text === "" && signature === "") return;
        this.#end(block, out, {
          type: "reasoning",
          text,
          providerData: toProviderData({ signature, ...origin }),
        });
        return;
      case "redacted_thinking":
        this.#end(block, out, {
          type: "reasoning",
          text: "",
          providerData: toProviderData({ redactedData: String(start["data"] ?? ""), ...origin }),
        });
        return;
      case "tool_use":
        if (isCut) return;
        if (isJsonObject(readInput(text, undefined).input) && text.trim() !== "") this.#endCall(block, out);
        else this.#doubtful.push(block);
        return;
      default:
        this.#closeOther(block, out);
    }
  }

  #closeOther(block: OpenBlock, out: TransportEvent[]): void {
    const whole = wholeBlock(block);
    if (isHostedCall(whole.type)) {
      this.#hosted.set(idOf(whole), { index: this.#indexOf(block), call: whole });
      return;
    }
    const id = isResult(whole) ? String(whole["tool_use_id"]) : undefined;
    const hosted = id === undefined ? undefined : this.#hosted.get(id);
    if (id !== undefined && hosted === undefined) {
      // Its call was in the response before.
      this.#end(block, out, hostedToolBlock(undefined, whole, whole));
      return;
    }
    if (id !== undefined && hosted !== undefined) {
      this.#hosted.delete(id);
      out.push({
        type: "block-end",
        index: hosted.index,
        block: hostedToolBlock(hosted.call, whole, hosted.call),
      });
    }
    this.#end(block, out, {
      type: "opaque",
      kind: whole.type,
      providerData: toProviderData({ block: whole }),
    });
  }

  #endCall(block: OpenBlock, out: TransportEvent[]): void {
    const id = idOf(block.start);
    const call = toolUseBlock(block, id, this.#nameOf(block.start));
    if (block.text === "") {
      const delta = JSON.stringify(call.input);
      out.push({ type: "tool-input-delta", index: this.#indexOf(block), toolCallId: id, delta });
    }
    this.#calls += 1;
    this.#end(block, out, call);
  }

  #end(block: OpenBlock, out: TransportEvent[], ended: Block): void {
    out.push({ type: "block-end", index: this.#indexOf(block), block: ended });
  }

  #indexOf(block: OpenBlock): number {
    block.index ??= this.#count++;
    return block.index;
  }

  #nameOf({ name }: WireBlock): string {
    const wireName = typeof name === "string" ? name : "";
    return this.#options.readName?.(wireName) ?? wireName;
  }

  /** The container in which code ran is needed to go on in it. */
  addContainer(container: unknown, out: TransportEvent[]): void {
    if (!isJsonObject(container) || typeof container["id"] !== "string") return;
    const expiresAt = Date.parse(String(container["expires_at"]));
    const data = { container: container["id"], expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt };
    out.push({
      type: "block-end",
      index: this.#count++,
      block: { type: "opaque", kind: "container", providerData: toProviderData(data) },
    });
  }

  /** Adds the text that explains a refusal. */
  addRefusal(details: unknown, out: TransportEvent[]): void {
    const explanation = isJsonObject(details) ? details["explanation"] : undefined;
    const text = typeof explanation === "string" && explanation.trim() !== "" ? explanation : REFUSAL;
    const index = this.#count++;
    out.push({ type: "text-delta", index, delta: text });
    out.push({
      type: "block-end",
      index,
      block: { type: "text", text, refusal: true, providerData: toProviderData({ refused: true }) },
    });
  }
}

function isHostedCall(type: string): boolean {
  return type === "server_tool_use" || type === "mcp_tool_use";
}

function idOf({ id }: WireBlock): string {
  return typeof id === "string" ? id : "";
}

function isWireBlock(block: JsonObject): block is WireBlock {
  return typeof block["type"] === "string";
}
