import type { AxioError } from "axio";
import type { BearerCredentials } from "axio-auth";
import {
  assertEventStream,
  DEFAULT_IDLE_TIMEOUT_MS,
  type HttpRequest,
  readServerSentEvents,
  sendRequest,
} from "axio-http";
import { authorizedRequest } from "./authorized-request.ts";
import type { Call, Connection, StreamingResponse } from "./connection.ts";
import type { ResponsesService } from "./responses-service.ts";

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
}

/** Sends each request as a POST of its own and reads the response as server-sent events. */
export class HttpConnection<C extends BearerCredentials> implements Connection {
  readonly #service: ResponsesService<C>;
  readonly #options: HttpConnectionOptions;
  readonly #url: URL;

  constructor(service: ResponsesService<C>, options: HttpConnectionOptions = {}) {
    this.#service = service;
    this.#options = options;
    this.#url = service.endpoint("responses");
  }

  async open(call: Call): Promise<StreamingResponse> {
    const { signal } = call;
    const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS } = this.#service.options;
    const { response, credentials, error } = await authorizedRequest({
      ...this.#service.authorization(this.#url, signal),
      build: (current: C) => this.#build(call, current),
      send: sendRequest,
    });
    const { status, headers } = response;
    if (error !== undefined) return { ok: false, status, headers, error };
    const rateLimits = this.#service.noteRateLimits(headers);
    await assertEventStream(response, { signal, details: { rateLimits } });
    return {
      ok: true,
      status,
      headers,
      rateLimits,
      reasoningOrigin: this.#service.reasoningOrigin(call, credentials),
      events: readServerSentEvents(response, { signal, idleTimeoutMs }),
    };
  }

  recover(error: AxioError, call: Call): boolean {
    const { config } = this.#service;
    return this.#service.recover(error, call) || (config.recover ?? []).some((rule) => rule(error, call));
  }

  close(): void {}

  async #build(call: Call, credentials: C): Promise<HttpRequest> {
    const { config, options } = this.#service;
    const { headers, encode } = this.#options;
    const body = JSON.stringify(this.#service.buildBody(call, credentials));
    const encoded = await encode?.(body, call);
    return {
      url: this.#url,
      method: "POST",
      fetch: config.fetch,
      headers: {
        ...config.headers(credentials, call.conversationId),
        ...headers?.(call),
        Accept: "text/event-stream",
        "Content-Type": "application/json",
        ...encoded?.headers,
      },
      body: encoded?.body ?? body,
      signal: call.signal,
      responseTimeoutMs: options.responseTimeoutMs,
    };
  }
}
