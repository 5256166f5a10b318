import { AxioError } from "axio";
import { truncateForMessage } from "./clean-text.ts";
import { parseErrorBody } from "./error-body.ts";
import { responseDetails, summarize } from "./error-from-response.ts";
import { readBodyText } from "./read-body-text.ts";
import { responseUrl } from "./secure-url.ts";

/** How much of a wrong body is read, in bytes: its title or message stands at its beginning. */
const MAX_WRONG_BODY_BYTES = 64 * 1024;

/**
 * Checks that a response holds server-sent events. One without a content type passes: some servers leave it out.
 *
 * @throws AxioError `protocol` with the beginning of what came instead (of a page, the title), `aborted`.
 */
export async function assertEventStream(
  response: Response,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const contentType = response.headers.get("content-type") ?? "";
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isEventStream = mediaType === "" || mediaType === "text/event-stream";
  if (isEventStream && response.body !== null) return;

  const url = responseUrl(response);
  const bodyText = await readBodyText(response, { maxBytes: MAX_WRONG_BODY_BYTES, signal: options.signal });
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
    `${new URL(url).host} was to send a stream of events and sent ${found} (${response.status}). ` +
      `Check the base address, and whether something between you and the server answers in its place.` +
      (summary === "" ? "" : ` It said: ${summary}`),
    {
      details: {
        ...responseDetails(response.status, response.headers, url),
        ...(peerCode === undefined ? {} : { peerCode: truncateForMessage(peerCode) }),
      },
    },
  );
}
