import { readBatches } from "./batches.ts";
import { AxioError } from "./errors.ts";
import type { TransportEvent } from "./events.ts";
import type { CompletionTransport, StreamRequest } from "./transport.ts";

/** A stream that has begun. */
export interface OpenedStream {
  /** The events up to the first one of the response. */
  readonly first: readonly TransportEvent[];
  /** The batches after them. */
  readonly rest: AsyncGenerator<readonly TransportEvent[], void, undefined>;
}

/**
 * Sends a request and waits for the first event of the response, so that a request that fails before it fails as a whole.
 *
 * @throws AxioError if the request fails before.
 */
export async function openStream(
  transport: CompletionTransport,
  request: StreamRequest,
): Promise<OpenedStream> {
  const rest = readBatches(transport.stream(request));
  let first: readonly TransportEvent[] = [];
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true)
      throw new AxioError(
        "stream-truncated",
        "The response ended before its first event. Send the request again.",
      );
    first = first.length === 0 ? value : [...first, ...value];
    if (value.some(({ type }) => type !== "rate-limits" && type !== "retry")) return { first, rest };
  }
}
