import type { AxioError, Block, JsonObject, Message, StreamRequest, TransportEvent } from "axio";
import { asking, failureOf } from "test-support/transport-calls";
import { type ServerId, ServerTransport, type ServerTransportOptions } from "../../src/index.ts";

/** A request as it was sent. */
export interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** The result of one call. */
export interface Outcome {
  readonly events: readonly TransportEvent[];
  readonly sent: readonly Sent[];
  readonly warnings: readonly AxioError[];
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown; readonly id: string }[];
  readonly end: Extract<TransportEvent, { type: "step-end" }>;
}

/** Events as the body of a response. */
export function sse(...data: readonly unknown[]): string {
  return data.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join("");
}

/** A chunk with a delta. */
export function chunk(delta: unknown, finish: string | null = null, more: object = {}): JsonObject {
  return { id: "c1", choices: [{ index: 0, delta: delta as JsonObject, finish_reason: finish, ...more }] };
}

/** The usual response: one word. */
export const OK: string = sse(chunk({ role: "assistant", content: "ok" }), chunk({}, "stop"), "[DONE]");

/** Options of a call. */
export interface TryOptions extends ServerTransportOptions {
  readonly request?: Partial<StreamRequest>;
  /** The body of each response, and its status if it is not 200; the last one is repeated. Default: {@link OK}. */
  readonly replies?: readonly (string | { readonly status: number; readonly body: unknown })[];
}

interface Attempt {
  readonly transport: ServerTransport;
  readonly sent: Sent[];
  readonly warnings: AxioError[];
  readonly request: StreamRequest;
}

function prepare(server: ServerId, { request, replies = [OK], ...options }: TryOptions): Attempt {
  const sent: Sent[] = [];
  const warnings: AxioError[] = [];
  const transport = new ServerTransport({
    server,
    apiKey: "0123456789abcdef0123",
    model: "m",
    ...(server === "azure" ? { baseUrl: "https://r.openai.azure.com/openai/v1" } : {}),
    retry: { maxRetries: 1, baseDelayMs: 1 },
    onWarning: (warning) => warnings.push(warning),
    fetch: async (input, init) => {
      const { headers = {}, body } = init ?? {};
      if (typeof body !== "string") return Response.json({ data: [] });
      sent.push({ url: String(input), headers: new Headers(headers), body: JSON.parse(body) });
      const reply = replies[Math.min(sent.length, replies.length) - 1] ?? OK;
      if (typeof reply === "string")
        return new Response(reply, { headers: { "content-type": "text/event-stream" } });
      const isText = typeof reply.body === "string";
      return new Response(isText ? String(reply.body) : JSON.stringify(reply.body), {
        status: reply.status,
        headers: { "content-type": isText ? "text/plain" : "application/json" },
      });
    },
    ...options,
  });
  return { transport, sent, warnings, request: asking("Hi", request) };
}

/** Makes a call that succeeds. */
export async function call(server: ServerId, options: TryOptions = {}): Promise<Outcome> {
  const { transport, sent, warnings, request } = prepare(server, options);
  let events: TransportEvent[] = [];
  for await (const event of transport.stream(request)) {
    if (event.type === "retry") events = [];
    else events.push(event);
  }
  const blocks = events.flatMap((event) => (event.type === "block-end" ? [event.block] : []));
  const end = events.at(-1);
  if (end?.type !== "step-end") throw new Error("There is no step-end.");
  return {
    events,
    sent,
    warnings,
    end,
    text: blocks.flatMap((block) => (block.type === "text" ? [block.text] : [])).join(""),
    reasoning: blocks.flatMap((block) => (block.type === "reasoning" ? [block.text] : [])).join(""),
    calls: blocks.flatMap((block) =>
      block.type === "tool-use" ? [{ name: block.name, input: block.input, id: block.id }] : [],
    ),
  };
}

/** The body of a request. */
export async function bodyOf(server: ServerId, options: TryOptions = {}): Promise<JsonObject> {
  const { sent } = await call(server, options);
  return sent[0]?.body ?? {};
}

/** Makes a call that fails. */
export async function failure(
  server: ServerId,
  options: TryOptions = {},
): Promise<{ readonly error: AxioError; readonly sent: readonly Sent[] }> {
  const { transport, sent, request } = prepare(server, options);
  const run = async (): Promise<void> => {
    for await (const _ of transport.stream(request));
  };
  return { error: await failureOf(run()), sent };
}

/** A second request, with the first response in its history and the results of its calls. */
export async function continued(
  server: ServerId,
  first: string,
  options: TryOptions = {},
): Promise<JsonObject> {
  const { request = {}, ...rest } = options;
  const { transport, sent } = prepare(server, { replies: [first, OK], ...rest });
  const blocks: Block[] = [];
  const begin = asking("Hi", request);
  for await (const event of transport.stream(begin)) if (event.type === "block-end") blocks.push(event.block);
  const messages = [...begin.messages, ...answered(blocks)];
  for await (const _ of transport.stream({ ...begin, messages }));
  return sent[1]?.body ?? {};
}

/** A response, and what follows it: the results of its calls, or the next prompt. */
export function answered(blocks: readonly Block[]): readonly Message[] {
  const results = blocks.flatMap((block): readonly Block[] =>
    block.type === "tool-use" ? [{ type: "tool-result", toolCallId: block.id, content: "done" }] : [],
  );
  const next: readonly Block[] = results.length > 0 ? results : [{ type: "text", text: "Go on" }];
  return [
    { role: "assistant", content: blocks },
    { role: "user", content: next },
  ];
}
