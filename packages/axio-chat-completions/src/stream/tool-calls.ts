import type { JsonObject, JsonValue, ToolUseBlock, TransportEvent } from "axio";
import { parseJson, readObject, readText } from "../json-members.ts";
import { toProviderData } from "../provider-data.ts";
import type { ToolNames } from "../request/tool-names.ts";
import type { ContentBlocks } from "./content-blocks.ts";
import { readArguments } from "./read-arguments.ts";

/** Options of the assembler. */
export interface ToolCallOptions {
  readonly origin: string | undefined;
  /** The names of the tools that were offered, if the caller knows them. */
  readonly names: ToolNames | undefined;
  /** Makes an id for a call that the server gave none. */
  readonly createId: () => string;
}

/** One call as far as it came. */
interface Slot {
  /** The server's index, if it sends one. */
  readonly wireIndex: JsonValue | undefined;
  /** The server's id. */
  wireId: string | undefined;
  name: string;
  /** The arguments as text. */
  text: string;
  /** The part of `text` that no event shows yet. */
  unshown: string;
  /** The block, once the call was announced. */
  block: { readonly index: number; readonly id: string } | undefined;
  call: JsonObject;
  function: JsonObject;
}

const CALL_MEMBERS: readonly string[] = ["index", "id", "type", "function"];
const FUNCTION_MEMBERS: readonly string[] = ["name", "arguments"];

/** Assembles the tool calls of one response from their deltas, whichever way the server numbers and names them. */
export class ToolCalls {
  readonly #options: ToolCallOptions;
  readonly #blocks: ContentBlocks;
  readonly #slots: Slot[] = [];
  /** The slots of the last delta, by their place in it. */
  #placed: readonly Slot[] = [];

  constructor(blocks: ContentBlocks, options: ToolCallOptions) {
    this.#blocks = blocks;
    this.#options = options;
  }

  /** Whether a call has begun. */
  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  /** Whether arguments came for a call whose name never did. */
  get hasNameless(): boolean {
    return this.#slots.some(({ name }) => name === "");
  }

  /** Whether the arguments of all calls are complete. */
  areWhole(): boolean {
    return this.#slots.every(({ text }) => text.trim() === "" || readArguments(text).input !== null);
  }

  /** Takes the calls of one delta. */
  add(deltas: readonly JsonObject[], out: TransportEvent[]): void {
    this.#placed = deltas.map((delta, place) => {
      const called = readObject(delta["function"]) ?? {};
      const last = deltas.length === 1 ? this.#slots.at(-1) : this.#placed[place];
      const slot = this.#find(delta, called, last) ?? this.#begin(delta, out);
      this.#extend(slot, delta, called, out);
      return slot;
    });
  }

  /**
   * Ends all calls. A call without a name is left out, and of a response that was cut every call that is not whole.
   *
   * @returns How many calls were ended.
   */
  finish(isCut: boolean, out: TransportEvent[]): number {
    let ended = 0;
    for (const slot of this.#slots) {
      const result = readArguments(slot.text);
      if (slot.name === "" || (isCut && (slot.text.trim() === "" || !result.isObject))) continue;
      const { index, id } = this.#announce(slot, out);
      if (slot.text.trim() === "") out.push({ type: "tool-input-delta", index, toolCallId: id, delta: "{}" });
      const block: ToolUseBlock = {
        type: "tool-use",
        id,
        name: this.#nameOf(slot),
        input: result.input,
        inputText: result.inputText,
        providerData: toProviderData({
          origin: this.#options.origin,
          call: slot.call,
          function: slot.function,
        }),
      };
      out.push({ type: "block-end", index, block });
      ended++;
    }
    return ended;
  }

  /**
   * The slot that a delta goes on with, or `undefined` if it begins a call.
   *
   * @param last The slot that a delta without index and id goes on with.
   */
  #find(delta: JsonObject, called: JsonObject, last: Slot | undefined): Slot | undefined {
    const id = readText(delta["id"]);
    const name = readText(called["name"]);
    const index = delta["index"] ?? undefined;
    if (index !== undefined) {
      const slot = this.#slots.findLast(({ wireIndex }) => wireIndex === index);
      // Some servers give all calls one index. An id without a name is one that the server makes for each delta.
      const isOther =
        slot?.wireId !== undefined && id !== undefined && id !== slot.wireId && name !== undefined;
      return isOther ? undefined : slot;
    }
    const known = id === undefined ? undefined : this.#slots.find(({ wireId }) => wireId === id);
    if (known !== undefined || (id !== undefined && name !== undefined)) return known;
    if (name === undefined) return last;
    // A name begins a call, unless it repeats the name of a call whose arguments are still coming.
    return last?.name === name && parseJson(last.text) === undefined ? last : undefined;
  }

  #begin(delta: JsonObject, out: TransportEvent[]): Slot {
    for (const slot of this.#slots) if (slot.name !== "") this.#announce(slot, out);
    const slot: Slot = {
      wireIndex: delta["index"] ?? undefined,
      wireId: undefined,
      name: "",
      text: "",
      unshown: "",
      block: undefined,
      call: {},
      function: {},
    };
    this.#slots.push(slot);
    return slot;
  }

  #extend(slot: Slot, delta: JsonObject, called: JsonObject, out: TransportEvent[]): void {
    slot.wireId ??= readText(delta["id"]);
    slot.call = withUnknownMembers(slot.call, delta, CALL_MEMBERS);
    slot.function = withUnknownMembers(slot.function, called, FUNCTION_MEMBERS);
    const piece = argumentsText(called["arguments"], slot.text);
    this.#extendName(slot, readText(called["name"]) ?? "");
    slot.text += piece;
    slot.unshown += piece;
    if (slot.name === "") return;
    // A name that may still grow is announced with the first arguments.
    if (slot.block === undefined && piece === "" && this.#options.names?.isPrefix(slot.name) === true) return;
    const { index, id } = this.#announce(slot, out);
    if (slot.unshown !== "")
      out.push({ type: "tool-input-delta", index, toolCallId: id, delta: slot.unshown });
    slot.unshown = "";
  }

  /** Some servers repeat the name, and some send it in pieces. It is complete when the call was announced. */
  #extendName(slot: Slot, name: string): void {
    if (slot.block !== undefined || name === "" || name === slot.name) return;
    slot.name = name.startsWith(slot.name) ? name : slot.name + name;
  }

  #announce(slot: Slot, out: TransportEvent[]): { readonly index: number; readonly id: string } {
    if (slot.block === undefined) {
      // Some servers give all calls one id.
      const isTaken = this.#slots.some(({ block }) => block !== undefined && block.id === slot.wireId);
      const id = slot.wireId === undefined || isTaken ? this.#options.createId() : slot.wireId;
      const index = this.#blocks.begin(out);
      slot.block = { index, id };
      out.push({ type: "tool-use-start", index, toolCallId: id, name: this.#nameOf(slot) });
    }
    return slot.block;
  }

  #nameOf(slot: Slot): string {
    return this.#options.names?.fromWire(slot.name) ?? slot.name;
  }
}

/** Servers that send an object send it once. */
function argumentsText(value: JsonValue | undefined, before: string): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null && before === "" ? JSON.stringify(value) : "";
}

/** Keeps the members that the API does not have: some servers want them back. */
function withUnknownMembers(kept: JsonObject, object: JsonObject, known: readonly string[]): JsonObject {
  const unknown = Object.keys(object).filter((name) => !known.includes(name) && object[name] !== null);
  if (unknown.length === 0) return kept;
  return { ...kept, ...Object.fromEntries(unknown.map((name) => [name, object[name] ?? null])) };
}
