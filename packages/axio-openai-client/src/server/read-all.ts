import type { TransportEvent } from "axio";
import type { OpenedStream } from "axio/internal";

/** Reads a stream to its end. */
export async function readAll(
  { first, rest }: OpenedStream,
  onEvent: (event: TransportEvent) => void,
): Promise<void> {
  for (const event of first) onEvent(event);
  for await (const batch of rest) for (const event of batch) onEvent(event);
}
