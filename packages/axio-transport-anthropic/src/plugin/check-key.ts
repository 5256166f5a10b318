import { defaultFetch, sendRequest } from "axio-http";
import { readErrorResponse } from "axio-transport-kit";
import { API_VERSION } from "../config.ts";
import { classifyResponse } from "../errors/classify.ts";
import { type AnthropicTransportOptions, baseUrlOf } from "../options.ts";

/**
 * Checks a key with the request for the list of models, which costs nothing.
 *
 * @throws AxioError `unauthenticated` if the server does not accept it; otherwise as the server responds.
 */
export async function checkKey({
  apiKey,
  signal,
  fetch = defaultFetch(),
  ...options
}: Pick<AnthropicTransportOptions, "baseUrl" | "env" | "fetch"> & {
  readonly apiKey: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const url = new URL(`${baseUrlOf(options).href}/models?limit=1`);
  const headers = { "anthropic-version": API_VERSION, "x-api-key": apiKey };
  const response = await sendRequest({ url, headers, fetch, signal });
  if (!response.ok) {
    const rules = [(fault: Parameters<typeof classifyResponse>[0]) => classifyResponse(fault, "")];
    throw await readErrorResponse(response, url, { rules, signal, secrets: [apiKey] });
  }
  await response.body?.cancel();
}
