import type { Block, BlockEndEvent, StepEndEvent, TransportEvent } from "axio";
import { createResponseDecoder } from "axio-responses";

/** Decodes a whole response, including its end. */
export function decodeAll(events: readonly unknown[]): readonly TransportEvent[] {
  const decoder = createResponseDecoder();
  const out: TransportEvent[] = [];
  for (const event of events) decoder.decode(event, out);
  decoder.end();
  return out;
}

/** Returns the finished blocks in the order of their indexes. */
export function blocksIn(out: readonly TransportEvent[]): readonly Block[] {
  return out
    .filter((event): event is BlockEndEvent => event.type === "block-end")
    .sort((left, right) => left.index - right.index)
    .map((event) => event.block);
}

/** Returns the event that ends a step. */
export function endIn(out: readonly TransportEvent[]): StepEndEvent {
  const last = out.at(-1);
  if (last?.type !== "step-end") throw new Error("The response has no end.");
  return last;
}
