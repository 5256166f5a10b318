import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import {
  type AxioError,
  type JsonObject,
  ModelRegistry,
  type StreamRequest,
  type TransportEvent,
  userMessage,
} from "axio";
import { type BearerCredentials, CredentialSession, MemoryCredentialStore } from "axio-auth";
import { listenForTest } from "test-support/local-server";
import {
  ApiService,
  ApiTransport,
  parseModels,
  type ResponsesTransportOptions,
  responsesWire,
  type ServiceConfig,
} from "../../src/index.ts";

/** A request as the server received it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: JsonObject;
}

/** Writes the response to a request for a response. */
export type Reply = (response: ServerResponse) => void;

/** A Responses API in this process. */
export interface Api {
  readonly url: URL;
  readonly received: readonly Received[];
  /** The requests for responses. */
  calls(): readonly Received[];
  /** The connections so far. */
  readonly sockets: ReadonlySet<Socket>;
  /** Resolves when every response is closed. */
  allClosed(): Promise<void>;
}

/** Starts a server that answers each request for a response with the next reply; the last one is repeated. */
export async function startApi(...replies: readonly Reply[]): Promise<Api> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  const open = new Set<ServerResponse>();
  let next = 0;
  const server = createServer(async (request, response) => {
    open.add(response);
    response.once("close", () => open.delete(response));
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const path = request.url ?? "";
    received.push({ path, headers: request.headers, body: text === "" ? {} : JSON.parse(text) });
    if (path !== "/v1/responses") {
      response.writeHead(200, { etag: "list-1" }).end(JSON.stringify(MODELS));
      return;
    }
    replies[Math.min(next, replies.length - 1)]?.(response);
    next += 1;
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  const origin = await listenForTest(server);
  return {
    url: new URL(`${origin}/v1`),
    received,
    calls: () => received.filter(({ path }) => path === "/v1/responses"),
    sockets,
    async allClosed() {
      for (const response of open) await once(response, "close");
    },
  };
}

const MODELS = { models: [{ slug: "large" }, { slug: "small", context_window: 1000 }] };

/** Replies with events, one chunk each, and then `end`. */
export function streams(events: readonly object[], end: "end" | "late-end" | "cut" | "open" = "end"): Reply {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "x-limit": "40" });
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (end === "end") response.end();
    // The client has read the terminal event by then.
    if (end === "late-end") response.write("", () => setImmediate(() => setImmediate(() => response.end())));
    // What was written is sent before the connection is cut.
    if (end === "cut") response.write("", () => setImmediate(() => response.socket?.destroy()));
  };
}

/** Replies with an error. */
export function fails(status: number, error: object = {}, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify({ error }));
  };
}

/** The events of a text. */
export function says(text: string): readonly object[] {
  return [
    { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: text },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: { type: "message", role: "assistant", content: [{ type: "output_text", text }] },
    },
  ];
}

/** The terminal event. */
export const COMPLETED = { type: "response.completed", response: { id: "resp_1", status: "completed" } };

/** Credentials of this service. */
export interface Ticket extends BearerCredentials {
  readonly gate: string;
}

/** Valid credentials. */
export const TICKET: Ticket = { accessToken: "old", refreshToken: "more", expiresAt: 0, gate: "west" };

/** A session whose refresh returns the access token `new`. */
export function sessionOf(ticket: Ticket = TICKET): CredentialSession<Ticket> {
  return new CredentialSession<Ticket>({
    store: new MemoryCredentialStore(ticket),
    refresh: async (previous) => ({ ...previous, accessToken: "new" }),
    expiresAt: ({ expiresAt }) => expiresAt,
    version: ({ accessToken }) => accessToken,
  });
}

/** All that a third transport has to say. */
export function configOf(
  api: Pick<Api, "url">,
  more: Partial<ServiceConfig<Ticket>> = {},
  options: ResponsesTransportOptions<Ticket> = {},
): ServiceConfig<Ticket> {
  return {
    name: "Gate",
    providerKey: "gate",
    baseUrl: api.url,
    session: sessionOf(),
    fetch: (input, init) => fetch(input, init),
    headers: ({ accessToken, gate }, conversationId = "") => ({
      Authorization: `Bearer ${accessToken}`,
      "X-Gate": gate,
      "X-Conversation": conversationId,
    }),
    accountOf: ({ gate }) => gate,
    wire: responsesWire(options),
    readRateLimits: (headers) => {
      const usedPercent = headers.get("x-limit");
      return usedPercent === null
        ? undefined
        : { limits: [{ id: "gate", windows: [{ usedPercent: Number(usedPercent) }] }] };
    },
    models: {
      load: async (request) => parseModels(await request("models"), "listed"),
      builtIn: new ModelRegistry([{ id: "large", capabilities: ["text"] }]),
      defaultId: "large",
    },
    unsupportedParameters: { names: new Set(["temperature"]), reason: "The gate does not support it." },
    ...more,
  };
}

/** A transport made of data alone. */
export function transportTo(
  api: Pick<Api, "url">,
  { retry, ...options }: ResponsesTransportOptions<Ticket> = {},
  config: Partial<ServiceConfig<Ticket>> = {},
): ApiTransport<Ticket> {
  return new ApiTransport(
    new ApiService(configOf(api, config, options), {
      model: "large",
      retry: { baseDelayMs: 1, maxRetries: 2, ...retry },
      ...options,
    }),
  );
}

/** A request with one message. */
export function asking(more: Partial<StreamRequest> = {}): StreamRequest {
  return { system: "Be brief.", messages: [userMessage("Hi")], tools: [], ...more };
}

/** Collects the events of a call, and its error if it fails. */
export async function outcomeOf(
  stream: AsyncIterable<TransportEvent>,
): Promise<{ readonly events: readonly TransportEvent[]; readonly error: AxioError | undefined }> {
  const events: TransportEvent[] = [];
  try {
    for await (const event of stream) events.push(event);
    return { events, error: undefined };
  } catch (error) {
    return { events, error: error as AxioError };
  }
}
