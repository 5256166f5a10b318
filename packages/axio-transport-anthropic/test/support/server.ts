import type { JsonObject } from "axio";
import type { FetchLike } from "axio-http";
import { AnthropicTransport, type AnthropicTransportOptions } from "../../src/index.ts";

/** One scripted response: the events of a stream, or a status with a body. */
export type Scripted =
  | readonly JsonObject[]
  | {
      readonly status: number;
      readonly body: string | JsonObject;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  | { readonly raw: string };

/** A request as it was sent. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
  readonly body: JsonObject;
  readonly text: string;
}

/** A `fetch` that plays scripted responses, the last one again and again, and records the requests. */
export class ScriptedServer {
  readonly requests: SentRequest[] = [];
  readonly #script: readonly Scripted[];

  constructor(...script: readonly Scripted[]) {
    this.#script = script;
  }

  readonly fetch: FetchLike = async (input, init = {}) => {
    // The list of models is empty, and not part of the script.
    if (String(input).includes("/models")) return Response.json({ data: [] });
    const text = typeof init.body === "string" ? init.body : "";
    const scripted = this.#script[Math.min(this.requests.length, this.#script.length - 1)];
    this.requests.push({
      url: String(input),
      headers: new Headers(init.headers as Record<string, string>),
      body: text === "" ? {} : (JSON.parse(text) as JsonObject),
      text,
    });
    if (scripted === undefined) throw new Error("Nothing is scripted.");
    return toResponse(scripted);
  };

  /** A transport that this server answers. Its waits are short. */
  transport(options: AnthropicTransportOptions = {}): AnthropicTransport {
    return new AnthropicTransport({
      apiKey: "sk-ant-api03-0123456789abcdef",
      fetch: this.fetch,
      env: {},
      ...options,
      retry: { baseDelayMs: 1, ...options.retry },
    });
  }
}

/** The bytes of events as server-sent events. */
export function toStreamText(events: readonly JsonObject[], hasNames = true): string {
  return events
    .map(
      (event) => `${hasNames ? `event: ${String(event["type"])}\n` : ""}data: ${JSON.stringify(event)}\n\n`,
    )
    .join("");
}

function toResponse(scripted: Scripted): Response {
  if ("status" in scripted) {
    const { status, body, headers = {} } = scripted;
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return new Response(text, { status, headers: { "content-type": "application/json", ...headers } });
  }
  const text = "raw" in scripted ? scripted.raw : toStreamText(scripted);
  return new Response(text, { headers: { "content-type": "text/event-stream", "request-id": "req_test" } });
}
