import { AxioError, type TransportEvent } from "axio";
import type { OpenedStream } from "axio/internal";

/**
 * Reads a stream to its end.
 *
 * @throws AxioError `stream-truncated` if the transport ends it before the end of the response.
 */
export async function readAll(
  { first, rest }: OpenedStream,
  onEvent: (event: TransportEvent) => void,
): Promise<void> {
  let hasEnded = false;
  const read = (batch: readonly TransportEvent[]): void => {
    for (const event of batch) {
      if (event.type === "step-end") hasEnded = true;
      onEvent(event);
    }
  };
  read(first);
  for await (const batch of rest) read(batch);
  if (!hasEnded) throw truncatedError();
}

/** Returns the error of a transport that ends a stream before the end of the response. */
export function truncatedError(): AxioError {
  return new AxioError("stream-truncated", "The response broke off. Send the request again.");
}
