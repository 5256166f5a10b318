import { AxioError, isJsonObject, type JsonObject, type TransportEvent } from "axio";
import { failureOf } from "axio-inbound";
import type { ResponseStore, StoredResponse } from "axio-openai-client";
import { openResponse, type ServeOptions, truncatedError } from "axio-openai-client/internal";
import type { Admitted, Gateway } from "../gateway.ts";
import { warmUpTransport } from "./warm-up.ts";

/** The part of a WebSocket that a session uses. */
export interface SessionSocket {
  send(text: string, onSent: (error?: Error | null) => void): void;
  close(code: number, reason: string): void;
  on(event: "message", listener: (data: Buffer) => void): unknown;
  on(event: "close" | "error", listener: () => void): unknown;
}

/** A WebSocket that is being served. */
export interface WebSocketSession {
  /** Closes the connection when all responses that were asked for have ended. */
  drain(): void;
}

/**
 * Serves the WebSocket mode of the Responses API: `response.create` messages, one after another. A response with `store: false`
 * can be continued on the same connection.
 *
 * @see https://platform.openai.com/docs/guides/websocket-mode
 */
export function serveWebSocket(socket: SessionSocket, request: Request, gateway: Gateway): WebSocketSession {
  const abort = new AbortController();
  const store = new ConnectionStore();
  let queue: Promise<void> = Promise.resolve();
  socket.on("message", (data) => {
    queue = queue.then(() => serveMessage(data.toString("utf8")));
  });
  socket.on("close", () => abort.abort());
  socket.on("error", () => abort.abort());
  return {
    drain: () => {
      queue = queue.then(() => socket.close(1001, "The gateway is shutting down."));
    },
  };

  async function send(event: JsonObject): Promise<void> {
    if (abort.signal.aborted) return;
    await new Promise<void>((resolve) => socket.send(JSON.stringify(event), () => resolve()));
  }

  async function serveMessage(text: string): Promise<void> {
    let admitted: Admitted | undefined;
    let previousId: string | undefined;
    try {
      const { type, ...body } = parseMessage(text);
      if (type !== "response.create")
        throw new AxioError(
          "invalid-request",
          `Unknown message ${JSON.stringify(type ?? null)}. Send "response.create".`,
        );
      if (body["stream_id"] !== undefined)
        throw new AxioError(
          "invalid-request",
          '"stream_id" is not available here: responses follow one another. Open a connection for each conversation.',
          { details: { status: 400, parameter: "stream_id" } },
        );
      const inner = new Request(request.url, { headers: request.headers, signal: abort.signal });
      admitted = await gateway.admit(inner, { name: "/v1/responses (WebSocket)", isLimited: true });
      previousId =
        typeof body["previous_response_id"] === "string" ? body["previous_response_id"] : undefined;
      await respond(body, inner, { ...admitted.serve, store: store.over(admitted.serve.store) });
      admitted.end(200);
    } catch (error) {
      const failure = failureOf(error);
      admitted?.end(failure.status, failure.code);
      // What a failed continuation would continue is not known to the client any more.
      if (previousId !== undefined) store.forget(previousId);
      await send(errorEvent(error));
    }
  }

  async function respond(
    { generate, ...body }: JsonObject,
    inner: Request,
    options: ServeOptions,
  ): Promise<void> {
    const transport = generate === false ? warmUpTransport(options.transport) : options.transport;
    const opened = await openResponse({ ...body, stream: true }, inner, { ...options, transport });
    const { id, stream, encoder, isStored, toStored } = opened;
    const sendAll = async (events: readonly JsonObject[]): Promise<void> => {
      for (const event of events) await send(event);
    };
    let hasEnded = false;
    try {
      await sendAll(encoder.start());
      const serveBatch = async (batch: readonly TransportEvent[]): Promise<void> => {
        const events = batch.flatMap((event) => encoder.encode(event));
        // A client may continue a response as soon as it has the last event.
        if (batch.some(({ type }) => type === "step-end")) {
          hasEnded = true;
          if (isStored) await options.store.put(id, toStored());
          else store.keepHere(id, toStored());
        }
        await sendAll(events);
      };
      await serveBatch(stream.first);
      for await (const batch of stream.rest) await serveBatch(batch);
      if (!hasEnded) throw truncatedError();
    } catch (error) {
      const [failed] = encoder.fail(error);
      if (failed !== undefined) await send(failed);
      throw error;
    }
  }
}

function parseMessage(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AxioError("invalid-request", "The message is not JSON. Send one JSON object in each message.", {
      cause,
    });
  }
  if (isJsonObject(value)) return value;
  throw new AxioError("invalid-request", "The message is not a JSON object. Send one in each message.");
}

function errorEvent(error: unknown): JsonObject {
  const { status, type, code, message, parameter } = failureOf(error);
  return {
    type: "error",
    sequence_number: 0,
    status,
    error: { type, code, message, param: parameter ?? null },
  };
}

/** The responses of one connection, before those that are stored for all. */
class ConnectionStore {
  readonly #own = new Map<string, StoredResponse>();
  readonly #forgotten = new Set<string>();

  over(shared: ResponseStore): ResponseStore {
    return {
      put: (id, stored) => {
        this.#own.set(id, stored);
        return shared.put(id, stored);
      },
      get: (id) => (this.#forgotten.has(id) ? undefined : (this.#own.get(id) ?? shared.get(id))),
      delete: (id) => {
        const wasOwn = this.#own.delete(id);
        return Promise.resolve(shared.delete(id)).then((wasShared) => wasOwn || wasShared);
      },
    };
  }

  forget(id: string): void {
    this.#own.delete(id);
    this.#forgotten.add(id);
  }

  keepHere(id: string, stored: StoredResponse): void {
    this.#own.set(id, stored);
  }
}
