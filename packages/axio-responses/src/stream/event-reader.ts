import { EventPattern } from "axio/internal";
import { isWireEvent, parseWireEvent } from "./wire-event.ts";

/** Members of a delta that nothing reads, and that differ in each. */
const VARYING = /"(?:obfuscation":"[^"\\]*"|sequence_number":\d+)/;

/**
 * Creates the reader of the events of one response. It reads the deltas of text, which are nearly all events, without parsing
 * their JSON. The members `sequence_number` and `obfuscation` of such an event are those of an earlier one.
 *
 * @param quote Makes the text fit to be shown in an error: short, without secrets. Default: it is not shown.
 * @returns A function that reads the data of one event like {@link parseWireEvent}, and throws the same errors.
 *
 * @example
 * ```ts
 * import { createEventReader } from "axio-responses";
 *
 * const read = createEventReader();
 * console.log(read('{"type":"response.output_text.delta","delta":"Hi","sequence_number":4}'));
 * ```
 */
export function createEventReader(quote?: (text: string) => string): (data: string) => unknown {
  const pattern = new EventPattern();
  let learned: object = {};
  return (data) => {
    const delta = pattern.read(data);
    if (delta !== undefined) return { ...learned, delta };
    const event = parseWireEvent(data, quote);
    if (
      isWireEvent(event) &&
      event.type === "response.output_text.delta" &&
      typeof event.delta === "string" &&
      pattern.learn(data, "delta", event.delta, VARYING)
    ) {
      learned = event;
    }
    return event;
  };
}
