import { AxioError, type Block, type BlockEndEvent, type StepEndEvent, type TransportEvent } from "axio";
import { createResponseDecoder } from "axio-responses";

/** Decodes a whole response, including its end. */
export function decodeAll(events: readonly unknown[]): readonly TransportEvent[] {
  const decoder = createResponseDecoder();
  const out: TransportEvent[] = [];
  for (const event of events) decoder.decode(event, out);
  decoder.end();
  return out;
}

/** The decoder of any API. */
interface AnyDecoder {
  decode(event: unknown, out: TransportEvent[]): void;
  end(out: TransportEvent[]): void;
}

/** Decodes a whole response. Returns its events, and the code of the error that ended it. */
export function outcomeOf(
  decoder: AnyDecoder,
  events: readonly unknown[],
): readonly [TransportEvent[], string] {
  const out: TransportEvent[] = [];
  try {
    for (const event of events) decoder.decode(event, out);
    decoder.end(out);
    return [out, ""];
  } catch (error) {
    if (!AxioError.is(error)) throw error;
    return [out, error.code];
  }
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
