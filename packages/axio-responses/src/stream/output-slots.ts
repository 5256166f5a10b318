import type { JsonObject } from "axio";
import { callIdOf, isToolCall } from "./item-blocks.ts";
import { indexOf, textOf } from "./wire-event.ts";

/** One block of an item, as far as it was given out. */
export interface SlotPart {
  /** The block's number in this call. */
  readonly index: number;
  /** Whether a delta of it was given out. */
  shown: boolean;
}

/** One item of the answer, from its first sign to its end. */
export class Slot {
  /** The item as it was last seen; unknown while there were only deltas. */
  item: JsonObject | undefined;
  isDone = false;
  /** Whether `tool-use-start` was given out. */
  isAnnounced = false;
  /** Which paragraph of the thought came last. */
  paragraph: string | undefined;
  /** The parts of a message that are whole, by their place. */
  readonly wholeParts: Map<number, JsonObject> = new Map();
  readonly #parts: Map<number, SlotPart> = new Map();
  readonly #nextBlock: () => number;

  constructor(nextBlock: () => number) {
    this.#nextBlock = nextBlock;
  }

  /** The block for a part. It gets its number when it is first asked for. */
  part(partIndex: number): SlotPart {
    let part = this.#parts.get(partIndex);
    if (part === undefined) {
      part = { index: this.#nextBlock(), shown: false };
      this.#parts.set(partIndex, part);
    }
    return part;
  }

  /** Whether this can be an item of this type. */
  mayBe(type: string): boolean {
    const known = this.item?.["type"];
    return known === undefined || known === type;
  }
}

/**
 * Which event belongs to which item.
 *
 * `output_index` says it. Ids do not: some servers change them from event to event, and recordings blank them out. They
 * only help where the index is missing, or says that two different items are one.
 */
export class OutputSlots {
  readonly #byIndex: Map<number, Slot> = new Map();
  /** All slots, in the order in which they were first seen. */
  readonly #all: Slot[] = [];
  #highest = -1;
  #blocks = 0;

  /** How many blocks have a number. */
  get blockCount(): number {
    return this.#blocks;
  }

  /** The slot that a delta belongs to; a new one where its item was not seen yet. */
  at(outputIndex: unknown): Slot {
    const index = indexOf(outputIndex);
    if (index === undefined) return this.#open().at(-1) ?? this.#create(undefined);
    return this.#byIndex.get(index) ?? this.#create(index);
  }

  /** The slot of an item that begins, or `undefined` where it has begun before. */
  begin(outputIndex: unknown, item: JsonObject): Slot | undefined {
    const slot = this.#known(outputIndex, item);
    if (slot?.item !== undefined && isSame(slot.item, item)) return undefined;
    const begun = slot !== undefined && slot.item === undefined ? slot : this.#create(indexOf(outputIndex));
    begun.item = item;
    return begun;
  }

  /** The slot of an item that is finished, or `undefined` where it was finished before. */
  finish(outputIndex: unknown, item: JsonObject): Slot | undefined {
    const slot = this.#known(outputIndex, item);
    if (slot === undefined || (slot.item !== undefined && !isSame(slot.item, item)))
      return this.#finished(this.#create(indexOf(outputIndex)), item);
    return slot.isDone ? undefined : this.#finished(slot, item);
  }

  /**
   * Of the items that the answer lists at its end, those that were never seen finished, now in their slots.
   * An item counts as seen where its call id or its id was, else where one of its type stood at its place, else where any
   * other one of its type was: ids change, and lists leave items out. A call that came twice would be run twice.
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
    return [...listed].map((item) => this.#finished(this.#openFor(output.indexOf(item), item), item));
  }

  /** Items that were begun and not finished. */
  unfinished(): readonly Slot[] {
    return this.#open();
  }

  #known(outputIndex: unknown, item: JsonObject): Slot | undefined {
    const index = indexOf(outputIndex);
    if (index !== undefined) return this.#byIndex.get(index);
    const open = this.#open();
    return (
      open.find((slot) => hasSameId(slot.item, item)) ??
      this.#all.find((slot) => hasSameId(slot.item, item)) ??
      open.find((slot) => slot.item === undefined || isSame(slot.item, item))
    );
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

/** Two states of one item, by their types and, for calls, by the id that pairs the call with its answer. */
function isSame(left: JsonObject | undefined, right: JsonObject): boolean {
  if (left === undefined || left["type"] !== right["type"]) return false;
  return !isToolCall(right) || callIdOf(left) === callIdOf(right);
}

function hasSameId(left: JsonObject | undefined, right: JsonObject): boolean {
  if (left === undefined || left["type"] !== right["type"]) return false;
  const member = isToolCall(right) ? "call_id" : "id";
  return textOf(right[member]) !== undefined && left[member] === right[member];
}

function hasSameItemId(left: JsonObject | undefined, right: JsonObject): boolean {
  // Recordings blank ids out.
  return Boolean(textOf(right["id"])) && left?.["id"] === right["id"] && left?.["type"] === right["type"];
}
