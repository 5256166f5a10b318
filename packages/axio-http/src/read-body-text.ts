import { AxioError } from "axio";
import { startAwakeTimer } from "./delay.ts";
import type { HttpResponse } from "./http-response.ts";
import { networkError } from "./network-error.ts";
import { openBody } from "./open-body.ts";
import { redactUrl, responseUrl } from "./secure-url.ts";

/** Options of {@link readBodyText}. */
export interface ReadBodyTextOptions {
  /** How many bytes to read at most. Default: 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** The timeout, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the reading. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether an incomplete body is an error. Default: `false`, and the text is what came, since a part of an error body is
   * better than none.
   */
  readonly whole?: boolean | undefined;
}

/**
 * Reads a body as text, limited in size and time, so that it can neither hang nor fill the memory. The rest is canceled.
 *
 * @throws AxioError `aborted`; with `whole` also `network` (broken, or not done in time; retryable) and `protocol` (too long).
 */
export async function readBodyText(
  response: HttpResponse,
  options: ReadBodyTextOptions = {},
): Promise<string> {
  const { maxBytes = 1024 * 1024, timeoutMs = 10_000, signal, whole = false } = options;
  const body = openBody(response, signal);
  const details = { status: response.status, url: redactUrl(responseUrl(response)) };
  const stopTimer = startAwakeTimer(timeoutMs, () => {
    body.fail(
      new AxioError("network", `The body did not arrive within ${timeoutMs / 1000} s. Try again.`, {
        retryable: true,
        details,
      }),
    );
  });
  const utf8 = new TextDecoder();
  let text = "";
  let room = maxBytes;
  try {
    for (;;) {
      const { done, value } = await body.reader.read();
      if (body.failure) throw body.failure;
      if (done) break;
      text += utf8.decode(value.subarray(0, room), { stream: true });
      room -= value.byteLength;
      if (room < 0)
        throw new AxioError(
          "protocol",
          `The body is longer than ${maxBytes} bytes, and is not read further. Check the URL.`,
          { details },
        );
    }
  } catch (error) {
    const failure = body.failure ?? networkError(error, responseUrl(response));
    if (whole || failure.code === "aborted") throw failure;
  } finally {
    stopTimer();
    body.close();
  }
  return text + utf8.decode();
}
