import { AxioError } from "axio";
import { startTimer } from "./delay.ts";
import { networkError } from "./network-error.ts";
import { openBody } from "./open-body.ts";
import { redactUrl, responseUrl } from "./secure-url.ts";

/** Options of {@link readBodyText}. */
export interface ReadBodyTextOptions {
  /** How many bytes to read at most. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** How long the reading may take, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Ends the reading with `aborted`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What to do where the body does not come whole. Default `false`: the text is what came, since a part of an error's
   * body is better than none. `true`: an error, for bodies that are of use only as a whole.
   */
  readonly whole?: boolean | undefined;
}

/**
 * Reads a body as text, within bounds of size and time, so that it can neither hang nor fill the memory.
 * What is not read is cancelled.
 *
 * @throws AxioError `aborted`; with `whole` also `network` (broken, or not done in time; retryable) and `protocol` (too long).
 */
export async function readBodyText(response: Response, options: ReadBodyTextOptions = {}): Promise<string> {
  const { maxBytes = 1024 * 1024, timeoutMs = 10_000, signal, whole = false } = options;
  const body = openBody(response, signal);
  const details = { status: response.status, url: redactUrl(responseUrl(response)) };
  const stopTimer = startTimer(timeoutMs, () => {
    body.fail(
      new AxioError("network", `The body did not arrive within ${timeoutMs / 1000} s.`, {
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
        throw new AxioError("protocol", `The body is longer than ${maxBytes} bytes.`, { details });
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
