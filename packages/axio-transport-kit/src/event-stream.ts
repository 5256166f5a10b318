import { assertEventStream, readServerSentEvents } from "axio-http";
import { type AuthorizedRequest, authorizedRequest } from "./authorized-request.ts";
import type { BearerCredentials } from "./credentials.ts";
import type { StreamingResponse } from "./decode-response.ts";

/** One call for an answer. */
export interface StreamCall<C extends BearerCredentials> extends Omit<AuthorizedRequest<C>, "method"> {
  readonly url: URL;
  readonly idleTimeoutMs: number;
}

/**
 * Asks for an answer as server-sent events.
 *
 * @throws AxioError as `authorizedRequest`; `protocol` where something else comes.
 */
export async function openEventStream<C extends BearerCredentials>({
  idleTimeoutMs,
  ...request
}: StreamCall<C>): Promise<StreamingResponse> {
  const { signal } = request;
  const response = await authorizedRequest({ ...request, method: "POST" });
  await assertEventStream(response, { signal });
  return {
    status: response.status,
    headers: response.headers,
    messages: (isComplete) => readServerSentEvents(response, { signal, idleTimeoutMs, isComplete }),
  };
}
