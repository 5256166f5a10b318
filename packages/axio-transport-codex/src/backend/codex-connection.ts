import { type AxioError, isJsonObject, type JsonObject, type StreamRequest } from "axio";
import {
  type ApiService,
  type Call,
  type Connection,
  HttpConnection,
  type StreamingResponse,
} from "axio-transport-kit";
import { usesWebSocket, WebSocketConnection } from "axio-transport-kit/internal";
import { requestsCompaction } from "../compact-on-server.ts";
import { HEADERS, WEB_SOCKET_HEADERS, WEB_SOCKET_METADATA } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import { isLite } from "../models.ts";
import type { CodexTransportOptions } from "../options.ts";
import { BodyCompression } from "./body-compression.ts";
import { TurnStateCache } from "./turn-state-cache.ts";

/** A request without its first message. */
export type WarmUpRequest = Omit<StreamRequest, "messages" | "runId">;

/** Sends each call over a WebSocket or HTTP. */
export class CodexConnection implements Connection {
  readonly #turnStates = new TurnStateCache();
  readonly #compression: BodyCompression;
  readonly #http: HttpConnection<Credentials>;
  readonly #webSocket: WebSocketConnection<Credentials> | undefined;

  constructor(service: ApiService<Credentials>, options: CodexTransportOptions) {
    const { host } = service.config.baseUrl;
    this.#compression = new BodyCompression(options.compression !== false, host, options.onWarning);
    this.#http = new HttpConnection(service, {
      headers: (call) => this.#headers(call),
      encode: (body, call) => this.#compression.encode(body, call),
    });
    this.#webSocket = usesWebSocket(options)
      ? new WebSocketConnection(service, {
          secretOf: ({ accessToken }) => accessToken,
          headers: WEB_SOCKET_HEADERS,
          toMessage: (body, call) => withMetadata(body, this.#turnStates.get(call.runId), isLite(call.model)),
        })
      : undefined;
  }

  open(call: Call): Promise<StreamingResponse> {
    return this.#webSocket?.accepts(call) === true ? this.#webSocket.open(call) : this.#http.open(call);
  }

  recover(error: AxioError, call: Call): boolean {
    return (
      this.#webSocket?.recover(error) === true ||
      this.#compression.recover(error, call) ||
      this.#http.recover(error, call)
    );
  }

  remember(headers: Headers, call: Call): void {
    this.#turnStates.remember(call.runId, headers);
    this.#compression.noteReadable(call);
  }

  close(): void {
    this.#webSocket?.close();
  }

  /** Whether calls may use a WebSocket. */
  get hasWebSocket(): boolean {
    return this.#webSocket !== undefined;
  }

  /** Returns the connection for a warm-up; `undefined` if the conversation does not use a WebSocket. */
  warmUpConnection(call: Call): Connection | undefined {
    return this.#webSocket?.accepts(call) === true ? this.#webSocket.warmUpConnection() : undefined;
  }

  #headers(call: Call): Record<string, string> {
    const turnState = this.#turnStates.get(call.runId);
    return {
      ...(turnState === undefined ? {} : { [HEADERS.turnState]: turnState }),
      ...(isLite(call.model) ? { [HEADERS.lite]: "true" } : {}),
      ...(requestsCompaction(call.messages) ? { [HEADERS.betaFeatures]: "remote_compaction_v2" } : {}),
    };
  }
}

/** Adds the facts of a request that HTTP states in headers to the body of a message. */
export function withMetadata(
  { client_metadata: callerMetadata, ...body }: JsonObject,
  turnState: string | undefined,
  lite: boolean,
): JsonObject {
  const metadata = {
    ...(isJsonObject(callerMetadata) ? callerMetadata : {}),
    ...(turnState === undefined ? {} : { [WEB_SOCKET_METADATA.turnState]: turnState }),
    ...(lite ? { [WEB_SOCKET_METADATA.lite]: "true" } : {}),
  };
  return Object.keys(metadata).length === 0 ? body : { ...body, client_metadata: metadata };
}
