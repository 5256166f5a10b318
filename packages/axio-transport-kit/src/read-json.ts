import { AxioError } from "axio";
import { readBodyText, responseDetails } from "axio-http";

/**
 * Reads an answer as JSON.
 *
 * @throws AxioError `protocol` where it is none, `network`, `aborted`.
 */
export async function readJson(
  response: Response,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const body = await readBodyText(response, { signal, whole: true });
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new AxioError(
      "protocol",
      `${url.host} gave an answer that is no JSON. Something between here and there may have changed it.`,
      {
        cause,
        details: responseDetails(response.status, response.headers, url),
      },
    );
  }
}
