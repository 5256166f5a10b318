import type { JsonObject, Message, ModelSpec, StreamRequest } from "axio";
import { DEFAULT_IDLE_TIMEOUT_MS } from "axio-http";
import type { EncodedBody } from "./authorized-request.ts";
import type { Backend } from "./backend.ts";
import type { Connection, ResponseRequest } from "./connection.ts";
import type { BearerCredentials } from "./credentials.ts";
import type { StreamingResponse } from "./decode-response.ts";
import { openEventStream } from "./event-stream.ts";
import type { ResponsesTransportOptions } from "./options.ts";
import { ReasoningFilter, reasoningOrigin } from "./reasoning-origin.ts";
import { sessionKey } from "./session-key.ts";

/** What the body of a request is made of. */
export interface BodyInput {
  /** The request, without the thoughts that the backend cannot read. */
  readonly request: StreamRequest;
  readonly model: ModelSpec;
  /** What the conversation is called to the backend. */
  readonly sessionId: string | undefined;
}

/** What an {@link HttpConnection} is made of. */
export interface HttpConnectionOptions<C extends BearerCredentials> {
  readonly backend: Backend<C>;
  readonly options: ResponsesTransportOptions<C>;
  /** Names the account of a sign-in: what was thought for one, no other can read. */
  readonly accountOf: (credentials: C) => string;
  /** Makes the body. */
  readonly body: (input: BodyInput) => JsonObject;
  /** Makes headers besides those of the backend. Default: none. */
  readonly headers?: (request: StreamRequest, model: ModelSpec) => Record<string, string>;
}

/** Asks for each answer with a request of its own, and gets it as server-sent events. */
export class HttpConnection<C extends BearerCredentials> implements Connection {
  readonly url: URL;
  readonly #options: HttpConnectionOptions<C>;
  readonly #reasoning = new ReasoningFilter();
  /** The newest origin, and whose it is: the same from call to call. */
  #origin: { readonly account: string; readonly model: string; readonly name: string } | undefined;

  constructor(options: HttpConnectionOptions<C>) {
    this.url = options.backend.endpoint("responses");
    this.#options = options;
  }

  sessionId({ conversationId }: Pick<StreamRequest, "conversationId">): string | undefined {
    const conversation = this.#options.options.sessionId ?? conversationId;
    return conversation === undefined ? undefined : sessionKey(conversation);
  }

  dropReasoning(messages: readonly Message[]): boolean {
    return this.#reasoning.refuse(messages);
  }

  /** The body that a request has with a sign-in, and whose thoughts the answer will hold. */
  body(
    credentials: C,
    request: StreamRequest,
    model: ModelSpec,
  ): { readonly body: JsonObject; readonly origin: string } {
    const origin = this.#originOf(this.#options.accountOf(credentials), model.id);
    const messages = this.#reasoning.filterMessages(request.messages, origin);
    const sessionId = this.sessionId(request);
    return { origin, body: this.#options.body({ request: { ...request, messages }, model, sessionId }) };
  }

  #originOf(account: string, model: string): string {
    if (this.#origin?.account !== account || this.#origin.model !== model) {
      this.#origin = { account, model, name: reasoningOrigin(account, model) };
    }
    return this.#origin.name;
  }

  /** @param encode Encodes the body. Default: it goes out as it is. */
  open(
    { request, model, onOrigin, onHeaders, onAnswer }: ResponseRequest,
    encode?: (text: string) => Promise<EncodedBody>,
  ): Promise<StreamingResponse> {
    const { backend, options, headers } = this.#options;
    const { responseTimeoutMs, idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = options;
    return openEventStream({
      ...backend.request,
      url: this.url,
      signal: request.signal,
      idleTimeoutMs,
      responseTimeoutMs,
      onHeaders,
      onAnswer,
      headers: (credentials) => ({
        ...backend.headers(credentials, this.sessionId(request)),
        ...headers?.(request, model),
        Accept: "text/event-stream",
        "Content-Type": "application/json",
      }),
      body: (credentials) => {
        const { body, origin } = this.body(credentials, request, model);
        onOrigin(origin);
        return JSON.stringify(body);
      },
      ...(encode === undefined ? {} : { encode }),
    });
  }
}
