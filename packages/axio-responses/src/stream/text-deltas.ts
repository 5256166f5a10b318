import type { JsonObject, TextPhase, TransportEvent } from "axio";
import { EventPattern } from "axio/internal";
import { phaseOf } from "./item-blocks.ts";
import type { OutputSlots, SlotPart } from "./output-slots.ts";
import { indexOf, type WireEvent } from "./wire-event.ts";

/** The block that the deltas of one part belong to. */
interface TextRun {
  readonly outputIndex: unknown;
  readonly contentIndex: unknown;
  readonly itemId: unknown;
  readonly part: SlotPart;
  readonly phase: TextPhase | undefined;
}

/** Members of a delta that nothing reads, and that differ in each. */
const VARYING = /"(?:obfuscation":"[^"\\]*"|sequence_number":\d+)/;

/**
 * Adds the deltas of text to their blocks. Nearly all events of a response are such deltas, and those that differ from an earlier
 * one in their text alone are read without parsing their JSON.
 */
export class TextDeltas {
  readonly #slots: OutputSlots;
  readonly #pattern = new EventPattern();
  /** The block of the delta before. Deltas of one part follow each other until another event comes. */
  #run: TextRun | undefined;
  /** The event that the pattern was learned from, and the block of its deltas while no other event comes. */
  #learned: (WireEvent & JsonObject) | undefined;
  #learnedRun: TextRun | undefined;

  constructor(slots: OutputSlots) {
    this.#slots = slots;
  }

  /** Adds a delta from the JSON of its event. Returns whether it is one that {@link learn} has learned. */
  read(data: string, out: TransportEvent[]): boolean {
    const delta = this.#pattern.read(data);
    if (delta === undefined) return false;
    // No property of the learned event is read here: the engine forgets the shapes of parsed JSON and compiles again.
    if (this.#learnedRun === undefined) this.#addLearned(delta, out);
    else append(this.#learnedRun, delta, out);
    return true;
  }

  #addLearned(delta: string, out: TransportEvent[]): void {
    if (this.#learned === undefined) return;
    this.#learnedRun = this.add(Object.assign({}, this.#learned, { delta }), out);
  }

  /** Learns the form of a delta of text. */
  learn(data: string, event: WireEvent & JsonObject): void {
    if (typeof event.delta !== "string" || !this.#pattern.learn(data, "delta", event.delta, VARYING)) return;
    this.#learned = event;
    this.#learnedRun = undefined;
  }

  /** Adds a delta of text or of a refusal. Returns its block; `undefined` if it was left out. */
  add(event: WireEvent & JsonObject, out: TransportEvent[]): TextRun | undefined {
    const { delta, output_index: outputIndex, content_index: contentIndex, item_id: itemId } = event;
    if (typeof delta !== "string" || delta === "") return undefined;
    let run = this.#run;
    if (
      run === undefined ||
      run.outputIndex !== outputIndex ||
      run.contentIndex !== contentIndex ||
      (outputIndex === undefined && run.itemId !== itemId)
    ) {
      const slot = this.#slots.at(event);
      if (slot.isDone || !slot.mayBe("message")) return undefined;
      slot.deltaType = "message";
      const part = slot.part(indexOf(contentIndex) ?? 0);
      run = { outputIndex, contentIndex, itemId, part, phase: phaseOf(slot.item) };
      this.#run = run;
    }
    run.part.isRefusal = event.type === "response.refusal.delta";
    append(run, delta, out);
    return run;
  }

  /** Another event came, which may change the blocks. */
  interrupt(): void {
    this.#run = undefined;
    this.#learnedRun = undefined;
  }
}

function append({ part, phase }: TextRun, delta: string, out: TransportEvent[]): void {
  part.text += delta;
  if (part.isRefusal) out.push({ type: "text-delta", index: part.index, delta, phase, refusal: true });
  else out.push({ type: "text-delta", index: part.index, delta, phase });
}
