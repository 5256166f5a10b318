import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { RecordedRequest } from "../http/recorded-request.ts";
import { errorReply, type PlainReply, type Reply } from "../http/reply.ts";
import { cutSocket } from "../http/reply-writer.ts";
import { isObject, type JsonObject, parseJson, stringMember } from "../json.ts";
import { type Refusal, refusalReply } from "../rules/refusal.ts";
import { warmUpFrames } from "../stream/answer.ts";
import type { EnvelopeContext } from "../stream/envelope.ts";
import type { Frame } from "../stream/frames.ts";
import { PLAIN_FRAMING } from "../stream/framing.ts";
import { sendFrames } from "./send-frames.ts";

/** The parts of a {@link ResponsesSocket}. */
export interface ResponsesSocketOptions {
  readonly webSocket: WebSocket;
  /** The socket that carries the WebSocket. */
  readonly socket: Socket;
  readonly upgrade: RecordedRequest;
  readonly requests: RecordedRequest[];
  readonly host: SocketHost;
}

/** The service behind a WebSocket, for one caller. */
export interface SocketHost {
  readonly stats: { openStreams: number };
  /** Members that a message may omit. */
  readonly messageDefaults: JsonObject;
  /** The members of a response that do not come from the request. */
  readonly echo: Pick<EnvelopeContext, "userId" | "dialect">;
  /** Why a message is refused that would be a valid request over HTTP. */
  refuseMessage(message: JsonObject): Refusal | undefined;
  /** The input of a request that continues a response that the service keeps. */
  keptInput(responseId: string): readonly unknown[] | undefined;
  /** Answers a request with its whole input. */
  answer(request: RecordedRequest): Promise<Reply>;
  /** Why a warm-up is refused. */
  refuseWarmUp(request: RecordedRequest): Refusal | undefined;
  /** The messages that take the place of the headers of a response. */
  announce(headers: Readonly<Record<string, string>>): readonly Frame[];
}

/** The members of `client_metadata` that take the place of a header. */
const METADATA_HEADERS: Readonly<Record<string, string>> = {
  "x-codex-turn-state": "x-codex-turn-state",
  ws_request_header_x_openai_internal_codex_responses_lite: "x-openai-internal-codex-responses-lite",
};

/** A completed response and the whole input of the next request that continues it. */
interface LastResponse {
  readonly id: string;
  readonly input: readonly unknown[];
}

/** One connection. It answers one message at a time, and only it knows its last response. */
export class ResponsesSocket {
  readonly #options: ResponsesSocketOptions;
  readonly #gone = new AbortController();
  #isBusy = false;
  #last: LastResponse | undefined;

  constructor(options: ResponsesSocketOptions) {
    this.#options = options;
  }

  /** Starts to answer messages. */
  listen(): void {
    const { webSocket } = this.#options;
    webSocket.on("error", () => undefined);
    webSocket.once("close", () => this.#gone.abort());
    webSocket.on("message", (data, isBinary) => {
      if (isBinary) webSocket.close(1003, "Text is expected");
      else if (this.#isBusy) webSocket.close(1008, "One response at a time");
      else void this.#answer(data.toString());
    });
  }

  async #answer(text: string): Promise<void> {
    const { webSocket, socket, requests, host } = this.#options;
    this.#isBusy = true;
    const request = this.#record(text);
    requests.push(request);
    const last = this.#last;
    this.#last = undefined;
    const { reply, input } = await this.#reply(request, last);
    if (reply.kind === "plain") {
      request.status = reply.status;
      webSocket.send(JSON.stringify(errorMessage(reply)));
    } else if (reply.kind === "stream") {
      request.status = reply.status;
      host.stats.openStreams += 1;
      try {
        await sendFrames([...host.announce(reply.headers), ...reply.frames], {
          webSocket,
          socket,
          gone: this.#gone.signal,
          chunks: reply.framing.chunks,
        });
      } finally {
        host.stats.openStreams -= 1;
      }
      this.#last = lastResponse(reply.frames, input);
    } else if (reply.kind === "reset") cutSocket(socket);
    else if (reply.kind === "close") webSocket.close(1011);
    this.#isBusy = false;
  }

  #record(text: string): RecordedRequest {
    const { upgrade, requests } = this.#options;
    const json = parseJson(text);
    const metadata = isObject(json) && isObject(json["client_metadata"]) ? json["client_metadata"] : {};
    const headers = { ...upgrade.headers };
    for (const [name, header] of Object.entries(METADATA_HEADERS)) {
      const value = stringMember(metadata, name);
      if (value !== undefined) headers[header] = value;
    }
    return {
      ...upgrade,
      number: requests.length + 1,
      method: "MESSAGE",
      headers,
      body: text,
      json,
      status: undefined,
    };
  }

  /** The reply, and the whole input that it belongs to. */
  async #reply(
    request: RecordedRequest,
    last: LastResponse | undefined,
  ): Promise<{ reply: Reply; input: readonly unknown[] }> {
    const { host } = this.#options;
    const message = request.json;
    if (!isObject(message)) return { reply: invalid("The message must be a JSON object"), input: [] };
    const { type, previous_response_id: given, generate, ...rest } = message;
    const previous = given ?? undefined;
    if (type !== "response.create") return { reply: invalid(`Invalid value: '${String(type)}'.`), input: [] };
    if (generate !== undefined && generate !== false) {
      return { reply: invalid("Invalid value for 'generate': expected false."), input: [] };
    }
    const refusal = host.refuseMessage(rest);
    if (refusal !== undefined) return { reply: refusalReply(refusal), input: [] };
    const before = previous === last?.id ? last?.input : host.keptInput(String(previous));
    if (previous !== undefined && before === undefined) {
      return { reply: previousNotFound(previous), input: [] };
    }
    const added: readonly unknown[] = Array.isArray(rest["input"]) ? rest["input"] : [];
    const input = previous === undefined ? added : [...(before ?? []), ...added];
    const body: JsonObject = {
      ...host.messageDefaults,
      ...rest,
      ...(Array.isArray(rest["input"]) && { input }),
    };
    const whole: RecordedRequest = { ...request, body: JSON.stringify(body), json: body };
    try {
      const reply = generate === false ? this.#warmUp(whole, body) : await host.answer(whole);
      return { reply, input };
    } catch (error) {
      return { reply: invalid(`Simulator: ${String(error)}`), input };
    }
  }

  #warmUp(request: RecordedRequest, body: JsonObject): Reply {
    const { host } = this.#options;
    const refusal = host.refuseWarmUp(request);
    if (refusal !== undefined) return refusalReply(refusal);
    const id = `resp_warmup${String(request.number).padStart(8, "0")}`;
    const createdAt = Math.floor(Date.now() / 1000);
    const frames = warmUpFrames({ id, createdAt, ...host.echo, body });
    return { kind: "stream", status: 200, headers: {}, frames, framing: PLAIN_FRAMING };
  }
}

function lastResponse(frames: readonly Frame[], input: readonly unknown[]): LastResponse | undefined {
  const events = frames.flatMap((frame) => (frame.kind === "event" ? [frame.event] : []));
  const completed = events.find(({ type }) => type === "response.completed" || type === "response.done");
  const id = stringMember(completed?.["response"], "id");
  if (id === undefined) return undefined;
  const items = events.flatMap((event) =>
    event.type === "response.output_item.done" ? inputItem(event["item"]) : [],
  );
  return { id, input: [...input, ...items] };
}

/** An output item as a client would send it back. */
function inputItem(item: unknown): unknown[] {
  if (!isObject(item)) return [];
  if (item["type"] === "reasoning" && item["encrypted_content"] === undefined) return [];
  if (item["type"] !== "image_generation_call") return [item];
  const { background: _b, output_format: _o, quality: _q, size: _s, ...rest } = item;
  return [rest];
}

function invalid(message: string): PlainReply {
  return errorReply(400, { message });
}

function previousNotFound(id: unknown): PlainReply {
  return errorReply(400, {
    message: `Previous response with id '${String(id)}' not found.`,
    code: "previous_response_not_found",
    param: "previous_response_id",
  });
}

/** An error reply as a message, which holds its status and headers. */
function errorMessage({ status, headers, body }: PlainReply): JsonObject {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return { type: "error", status, error: errorMember(parseJson(body), body, type), headers };
}

function errorMember(value: unknown, body: string, type: string): JsonObject {
  if (isObject(value) && isObject(value["error"])) return value["error"];
  const detail = isObject(value) ? value["detail"] : undefined;
  if (isObject(detail)) return { type, ...detail };
  return { type, message: typeof detail === "string" ? detail : body };
}
