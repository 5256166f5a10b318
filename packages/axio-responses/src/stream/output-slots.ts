import type { JsonObject } from "axio";
import { callIdOf, isToolCall } from "./item-blocks.ts";
import { indexOf, textOf, type WireEvent } from "./wire-event.ts";

/** A block of an item, as far as it was emitted. */
export interface SlotPart {
  /** The number of the block in this response. */
  readonly index: number;
  /** The deltas that were emitted. */
  text: string;
  isRefusal: boolean;
}

/** An item of the response. */
export class Slot {
  /** The newest state of the item; unknown while there were only deltas. */
  item: JsonObject | undefined;
  /** The type of the item according to its deltas. */
  deltaType: "message" | "reasoning" | undefined;
  /** The id of the item according to its deltas. */
  itemId: string | undefined;
  isDone = false;
  /** Whether an event finished the item. A finished tool call may still wait for the end of the response. */
  isClosed = false;
  /** Whether `tool-use-start` was emitted. */
  isAnnounced = false;
  /** The newest paragraph of the reasoning. */
  paragraph: string | undefined;
  /** The complete parts of a message, by their index. */
  readonly wholeParts: Map<number, JsonObject> = new Map();
  /** The complete paragraphs of reasoning. */
  readonly paragraphs: Map<string, string> = new Map();
  /** The complete text of a tool call. */
  input: string | undefined;
  /** The annotations of the parts of a message, as far as events of their own stated them. */
  readonly annotations: Map<number, JsonObject[]> = new Map();
  /** The indexes of the parts of an assembled message, if some of its parts are missing. */
  partIndexes: readonly number[] | undefined;
  readonly #parts: Map<number, SlotPart> = new Map();
  readonly #nextBlock: () => number;

  constructor(nextBlock: () => number) {
    this.#nextBlock = nextBlock;
  }

  /** Returns the block of a part. It gets its number with the first call. */
  part(partIndex: number): SlotPart {
    let part = this.#parts.get(partIndex);
    if (part === undefined) {
      part = { index: this.#nextBlock(), text: "", isRefusal: false };
      this.#parts.set(partIndex, part);
    }
    return part;
  }

  /** The parts of which deltas were emitted. */
  shownParts(): readonly (readonly [number, SlotPart])[] {
    return [...this.#parts].filter(([, { text }]) => text !== "");
  }

  /** Whether the item can be of this type. */
  mayBe(type: string): boolean {
    const known = this.item?.["type"] ?? this.deltaType;
    return known === undefined || known === type;
  }
}

/**
 * Assigns events to items by `output_index`. Some servers change ids from event to event, so ids are used only if the index
 * is missing or the same for two different items.
 */
export class OutputSlots {
  readonly #byIndex: Map<number, Slot> = new Map();
  /** All slots in the order of their first events. */
  readonly #all: Slot[] = [];
  #highest = -1;
  #blocks = 0;

  /** How many blocks have a number. */
  get blockCount(): number {
    return this.#blocks;
  }

  /** Returns the slot of a delta; a new one if its item is unknown. */
  at({ output_index: outputIndex, item_id: itemId }: WireEvent): Slot {
    const index = indexOf(outputIndex);
    const slot = index === undefined ? this.#byItemId(itemId) : this.#byIndex.get(index);
    if (slot !== undefined) return slot;
    const created = this.#create(index);
    created.itemId = typeof itemId === "string" ? itemId : undefined;
    return created;
  }

  #byItemId(itemId: unknown): Slot | undefined {
    const named = this.#all.findLast((slot) => (slot.item?.["id"] ?? slot.itemId) === itemId);
    if (named !== undefined && itemId !== undefined) return named;
    // A slot that only has deltas of another id is another item.
    return this.#open().findLast((slot) => slot.item !== undefined || slot.itemId === undefined);
  }

  /** Returns the slot of an item that begins, or `undefined` if it began before. */
  begin(outputIndex: unknown, item: JsonObject): Slot | undefined {
    const slot = this.#find(outputIndex, item);
    if (slot?.item !== undefined && isSame(slot.item, item)) return undefined;
    const target = slot !== undefined && slot.item === undefined ? slot : this.#create(indexOf(outputIndex));
    target.item = item;
    return target;
  }

  /** Returns the slot of an item that is finished, or `undefined` if it was finished before. */
  finish(outputIndex: unknown, item: JsonObject): Slot | undefined {
    const slot = this.#find(outputIndex, item);
    if (this.#hasTwin(item, slot)) {
      // The same call under another index must not run twice.
      if (slot?.item !== undefined && isSame(slot.item, item)) slot.isDone = true;
      return undefined;
    }
    if (slot === undefined || (slot.item !== undefined && !isSame(slot.item, item)))
      return this.#finished(this.#create(indexOf(outputIndex)), item);
    return slot.isDone ? undefined : this.#finished(slot, item);
  }

  /**
   * Returns the slots of items that only the list at the end of the response has finished.
   *
   * A listed item is the same as a finished one with its call id or id, or else with its type at its index, or else with its
   * type: ids change, and lists omit items. A tool call must not be emitted twice, since it would run twice.
   */
  finishListed(output: readonly JsonObject[]): readonly Slot[] {
    const done = new Set(this.#all.filter((slot) => slot.isDone));
    const listed = new Set(output);
    const matches: readonly ((item: JsonObject, slot: Slot) => boolean)[] = [
      (item, slot) => hasSameId(slot.item, item),
      (item, slot) => hasSameItemId(slot.item, item),
      (item, slot) => isSame(slot.item, item) && this.#byIndex.get(output.indexOf(item)) === slot,
      (item, slot) => isSame(slot.item, item),
    ];
    for (const match of matches) {
      for (const item of listed) {
        const seen = [...done].find((slot) => match(item, slot));
        if (seen === undefined) continue;
        done.delete(seen);
        listed.delete(item);
      }
    }
    const finished: Slot[] = [];
    for (const item of listed) {
      if (this.#hasTwin(item)) continue;
      finished.push(this.#finished(this.#openFor(output.indexOf(item), item), item));
    }
    return finished;
  }

  /** Returns the slots of items that began and are not finished. */
  unfinished(): readonly Slot[] {
    return this.#open();
  }

  #find(outputIndex: unknown, item: JsonObject): Slot | undefined {
    const index = indexOf(outputIndex);
    if (index !== undefined) return this.#byIndex.get(index);
    const open = this.#open();
    return (
      open.find((slot) => hasSameId(slot.item, item)) ??
      this.#all.find((slot) => hasSameId(slot.item, item)) ??
      open.find((slot) => slot.item === undefined || isSame(slot.item, item))
    );
  }

  /** Whether another slot has finished the same tool call. */
  #hasTwin(item: JsonObject, slot?: Slot): boolean {
    return this.#all.some((other) => other !== slot && other.isClosed && isSameCall(other.item, item));
  }

  #openFor(position: number, item: JsonObject): Slot {
    const fits = (slot: Slot | undefined): boolean =>
      slot !== undefined && !slot.isDone && (slot.item === undefined || isSame(slot.item, item));
    const atPosition = this.#byIndex.get(position);
    if (atPosition !== undefined && fits(atPosition)) return atPosition;
    return this.#open().find(fits) ?? this.#create(undefined);
  }

  #finished(slot: Slot, item: JsonObject): Slot {
    slot.item = item;
    slot.isDone = true;
    slot.isClosed = true;
    return slot;
  }

  #open(): readonly Slot[] {
    return this.#all.filter((slot) => !slot.isDone);
  }

  #create(index: number | undefined): Slot {
    const slot = new Slot(() => this.#blocks++);
    const key = index ?? this.#highest + 1;
    this.#highest = Math.max(this.#highest, key);
    this.#byIndex.set(key, slot);
    this.#all.push(slot);
    return slot;
  }
}

/** Whether two states are of the same item: they have the same type and, for tool calls, the same call id. */
function isSame(left: JsonObject | undefined, right: JsonObject): boolean {
  if (left === undefined || left["type"] !== right["type"]) return false;
  return !isToolCall(right) || callIdOf(left) === callIdOf(right);
}

function isSameCall(left: JsonObject | undefined, right: JsonObject): boolean {
  if (left === undefined || !isToolCall(right) || !hasSameId(left, right)) return false;
  return ["name", "arguments", "input"].every((member) => left[member] === right[member]);
}

function hasSameId(left: JsonObject | undefined, right: JsonObject): boolean {
  if (left === undefined || left["type"] !== right["type"]) return false;
  const member = isToolCall(right) ? "call_id" : "id";
  return textOf(right[member]) !== undefined && left[member] === right[member];
}

function hasSameItemId(left: JsonObject | undefined, right: JsonObject): boolean {
  // Ids can be empty.
  return Boolean(textOf(right["id"])) && left?.["id"] === right["id"] && left?.["type"] === right["type"];
}
