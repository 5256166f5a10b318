import type { AxioError, StreamRequest } from "axio";
import {
  type ApiService,
  type Call,
  type Connection,
  HttpConnection,
  type StreamingResponse,
} from "axio-transport-kit";
import { requestsCompaction } from "../compact-on-server.ts";
import { HEADERS } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import { isLite } from "../models.ts";
import type { CodexTransportOptions } from "../options.ts";
import { BodyCompression } from "./body-compression.ts";
import { TurnStateCache } from "./turn-state-cache.ts";
import { WebSocketConnection } from "./web-socket/web-socket-connection.ts";

/** A request without its first message. */
export type WarmUpRequest = Omit<StreamRequest, "messages" | "runId">;

/** Sends each call over a WebSocket or HTTP. */
export class CodexConnection implements Connection {
  readonly #turnStates = new TurnStateCache();
  readonly #compression: BodyCompression;
  readonly #http: HttpConnection<Credentials>;
  readonly #webSocket: WebSocketConnection | undefined;

  constructor(service: ApiService<Credentials>, options: CodexTransportOptions) {
    const { host } = service.config.baseUrl;
    this.#compression = new BodyCompression(options.compression !== false, host, options.onWarning);
    this.#http = new HttpConnection(service, {
      headers: (call) => this.#headers(call),
      encode: (body, call) => this.#compression.encode(body, call),
    });
    this.#webSocket = usesWebSocket(options) ? new WebSocketConnection(service, this.#turnStates) : undefined;
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

/** A caller's own `fetch` may be a proxy or a gateway: nothing bypasses it without request. */
function usesWebSocket({ transport, fetch }: CodexTransportOptions): boolean {
  return transport === "websocket" || (transport === "auto" && fetch === undefined);
}
