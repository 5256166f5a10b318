import type { AxioError, JsonObject } from "axio";
import {
  assertEventStream,
  DEFAULT_IDLE_TIMEOUT_MS,
  readServerSentEvents,
  type StreamingRequest,
  sendStreamingRequest,
} from "axio-http";
import { authorizedRequest } from "./authorized-request.ts";
import type { Call, Connection, StreamingResponse } from "./connection.ts";
import type { KeptResponses } from "./continuation/kept-responses.ts";
import type { ApiService } from "./service.ts";

/** A request body and the headers that state its encoding. */
export interface EncodedBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Options of an {@link HttpConnection}. */
export interface HttpConnectionOptions {
  /** Returns headers of a request in addition to those of the service. Default: none. */
  readonly headers?: ((call: Call) => Record<string, string>) | undefined;
  /** Encodes the body of a request. Default: it is sent as it is. */
  readonly encode?: ((body: string, call: Call) => Promise<EncodedBody>) | undefined;
  /** The responses that the server keeps: requests that continue one hold only what is new. Default: it keeps none. */
  readonly kept?: KeptResponses | undefined;
}

/** Sends each request as a POST of its own and reads the response as server-sent events. */
export class HttpConnection<C extends object> implements Connection {
  readonly #service: ApiService<C>;
  readonly #options: HttpConnectionOptions;

  constructor(service: ApiService<C>, options: HttpConnectionOptions = {}) {
    this.#service = service;
    this.#options = options;
  }

  async open(call: Call): Promise<StreamingResponse> {
    const { signal } = call;
    const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#service.options;
    const { wire } = this.#service.config;
    const { kept } = this.#options;
    const url = this.#service.endpoint(wire.path(call));
    let body: JsonObject = {};
    const { response, credentials, error } = await authorizedRequest({
      ...this.#service.authorization(url, signal, call),
      build: (current: C) => {
        body = this.#service.buildBody(call, current);
        return this.#build(url, call, current, body);
      },
      send: sendStreamingRequest,
    });
    const { status, headers } = response;
    if (error !== undefined) return { ok: false, status, headers, error };
    const rateLimits = this.#service.noteRateLimits(headers);
    if (wire.acceptsJson !== true || !isJson(headers))
      await assertEventStream(response, { signal, details: { rateLimits } });
    const events = readServerSentEvents(response, { signal, idleTimeoutMs });
    return {
      ok: true,
      status,
      headers,
      rateLimits,
      origin: this.#service.originOf(call, credentials),
      hideSecrets: this.#service.secretHider(credentials),
      events: kept === undefined ? events : kept.record(call, body, events),
    };
  }

  recover(error: AxioError, call: Call): boolean {
    return this.#options.kept?.recover(error, call) === true || this.#service.recover(error, call);
  }

  close(): void {}

  async #build(url: URL, call: Call, credentials: C, content: JsonObject): Promise<StreamingRequest> {
    const { config, options } = this.#service;
    const { headers, encode, kept } = this.#options;
    const continuation = kept?.continuation(call, content);
    const body = JSON.stringify(
      continuation === undefined
        ? content
        : { ...content, previous_response_id: continuation.responseId, input: continuation.input },
    );
    const encoded = await encode?.(body, call);
    return {
      url,
      method: "POST",
      fetch: config.fetch,
      headers: {
        ...config.headers(credentials, call.conversationId),
        ...config.wire.headers?.(call),
        ...headers?.(call),
        Accept: "text/event-stream",
        "Content-Type": "application/json",
        ...encoded?.headers,
      },
      body: encoded?.body ?? body,
      signal: call.signal,
      responseTimeoutMs: options.responseTimeoutMs,
      idleTimeoutMs: options.idleTimeoutMs,
    };
  }
}

function isJson(headers: Headers): boolean {
  return /^application\/json\b/i.test(headers.get("content-type") ?? "");
}
