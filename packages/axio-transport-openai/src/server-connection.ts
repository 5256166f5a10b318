import type { AxioError } from "axio";
import type { ApiKeyCredentials } from "axio-auth";
import {
  type ApiService,
  type Call,
  type Connection,
  HttpConnection,
  type StreamingResponse,
} from "axio-transport-kit";
import { KeptResponses, usesWebSocket, WebSocketConnection } from "axio-transport-kit/internal";
import type { ServerOptions } from "./options.ts";

/** Sends each call over a WebSocket or HTTP, and continues the responses that the server keeps. */
export class ServerConnection implements Connection {
  readonly #http: HttpConnection<ApiKeyCredentials>;
  readonly #webSocket: WebSocketConnection<ApiKeyCredentials> | undefined;

  /** @param options The options of a transport that uses the Responses API. */
  constructor(service: ApiService<ApiKeyCredentials>, options: ServerOptions) {
    const kept = options.store === true ? new KeptResponses() : undefined;
    this.#http = new HttpConnection(service, { kept });
    this.#webSocket = usesWebSocket(options)
      ? new WebSocketConnection(service, {
          secretOf: ({ apiKey }) => apiKey,
          // A message has no other form of response.
          toMessage: ({ stream: _stream, ...body }) => body,
          kept,
        })
      : undefined;
  }

  open(call: Call): Promise<StreamingResponse> {
    return this.#webSocket?.accepts(call) === true ? this.#webSocket.open(call) : this.#http.open(call);
  }

  recover(error: AxioError, call: Call): boolean {
    return this.#webSocket?.recover(error) === true || this.#http.recover(error, call);
  }

  close(): void {
    this.#webSocket?.close();
  }
}
