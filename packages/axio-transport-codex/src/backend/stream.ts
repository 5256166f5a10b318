import { assertEventStream, readServerSentEvents } from "axio-http";
import { type AuthorizedRequest, authorizedRequest } from "./authorized-request.ts";
import type { OpenAnswer } from "./decode-answer.ts";

/** One call for an answer. */
export interface StreamCall extends Omit<AuthorizedRequest, "method"> {
  readonly url: URL;
  readonly idleTimeoutMs: number;
}

/**
 * Asks for an answer as server-sent events.
 *
 * @throws AxioError as `authorizedRequest`; `protocol` where something else comes.
 */
export async function openEventStream({ idleTimeoutMs, ...request }: StreamCall): Promise<OpenAnswer> {
  const { signal } = request;
  const response = await authorizedRequest({ ...request, method: "POST" });
  await assertEventStream(response, { signal });
  return {
    status: response.status,
    headers: response.headers,
    messages: (isComplete) => readServerSentEvents(response, { signal, idleTimeoutMs, isComplete }),
  };
}
