import { AxioError, type ErrorDetails } from "axio";
import { truncateForMessage } from "axio/internal";
import { parseErrorBody } from "./error-body.ts";
import { responseDetails, summarize } from "./error-from-response.ts";
import type { HttpResponse } from "./http-response.ts";
import { readBodyText } from "./read-body-text.ts";
import { responseUrl } from "./secure-url.ts";

/** How much of an unexpected body is read, in bytes: its title or message is at its beginning. */
const MAX_BODY_BYTES = 64 * 1024;

/** Options of {@link assertEventStream}. */
export interface AssertEventStreamOptions {
  readonly signal?: AbortSignal | undefined;
  /** More facts for the error. Default: none. */
  readonly details?: ErrorDetails | undefined;
}

/**
 * Checks that a response holds server-sent events. A missing content type is accepted, since some servers omit it.
 *
 * @throws AxioError `protocol` with the title or the beginning of what came instead, `aborted`.
 */
export async function assertEventStream(
  response: HttpResponse,
  { signal, details }: AssertEventStreamOptions = {},
): Promise<void> {
  const contentType = response.headers.get("content-type") ?? "";
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isEventStream = mediaType === "" || mediaType === "text/event-stream";
  if (isEventStream && response.body !== null) return;

  const url = responseUrl(response);
  const bodyText = await readBodyText(response, { maxBytes: MAX_BODY_BYTES, signal });
  const { code, type } = parseErrorBody(bodyText);
  const peerCode = code ?? type;
  const found = isEventStream
    ? "nothing"
    : /^[\w.+-]+\/[\w.+-]+$/.test(mediaType)
      ? mediaType
      : "something else";
  const summary = summarize(bodyText);
  throw new AxioError(
    "protocol",
    `${new URL(url).host} sent ${found} instead of an event stream (${response.status}). ` +
      `Check the base URL, and whether a proxy responds in place of the server.` +
      (summary === "" ? "" : ` It said: ${summary}`),
    {
      details: {
        ...responseDetails(response.status, response.headers, url),
        peerCode: peerCode === undefined ? undefined : truncateForMessage(peerCode),
        ...details,
      },
    },
  );
}
