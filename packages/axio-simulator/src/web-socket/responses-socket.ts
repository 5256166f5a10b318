import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import { isObject, type JsonObject, parseJson, stringMember } from "../json.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { errorReply, type Reply } from "../reply.ts";
import { cutSocket } from "../reply-writer.ts";
import { warmUpFrames } from "../stream/answer.ts";
import type { EnvelopeContext } from "../stream/envelope.ts";
import type { Frame } from "../stream/frames.ts";
import { PLAIN_FRAMING } from "../stream/framing.ts";
import { errorMessage } from "./error-message.ts";
import { sendFrames } from "./send-frames.ts";

/** What a {@link ResponsesSocket} is made of. */
export interface ResponsesSocketOptions {
  readonly webSocket: WebSocket;
  /** What the WebSocket runs on. */
  readonly socket: Socket;
  readonly upgrade: RecordedRequest;
  readonly requests: RecordedRequest[];
  readonly host: SocketHost;
}

/** The route whose responses a WebSocket asks for. */
export interface SocketHost {
  readonly stats: { openStreams: number };
  /** The answer to a request whose input is whole. */
  answer(request: RecordedRequest): Promise<Reply>;
  /** Why a warm-up is refused; `undefined` where it is not. */
  refuseWarmUp(request: RecordedRequest, body: JsonObject): Reply | undefined;
  /** What every echo of a response says besides the request. */
  readonly echo: Pick<EnvelopeContext, "userId" | "dialect">;
  /** The messages in the place of the headers of an answer. */
  announce(headers: Readonly<Record<string, string>>): readonly Frame[];
}

/** The members of `client_metadata` that stand for a header. */
const METADATA_HEADERS: Readonly<Record<string, string>> = {
  "x-codex-turn-state": "x-codex-turn-state",
  ws_request_header_x_openai_internal_codex_responses_lite: "x-openai-internal-codex-responses-lite",
};

/** One connection: its messages, answered one at a time, and the last response, which only this connection knows. */
export class ResponsesSocket {
  readonly #options: ResponsesSocketOptions;
  readonly #gone = new AbortController();
  #isBusy = false;
  #last: { readonly id: string; readonly input: readonly unknown[] } | undefined;

  constructor(options: ResponsesSocketOptions) {
    this.#options = options;
  }

  /** Begins to answer. */
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

  /** The answer, and the whole input that it is the answer to. */
  async #reply(
    request: RecordedRequest,
    last: { readonly id: string; readonly input: readonly unknown[] } | undefined,
  ): Promise<{ reply: Reply; input: readonly unknown[] }> {
    const { host } = this.#options;
    const message = request.json;
    if (!isObject(message)) return { reply: invalid("The message must be a JSON object"), input: [] };
    const { type, previous_response_id: previous, generate, ...rest } = message;
    if (type !== "response.create") return { reply: invalid(`Invalid value: '${String(type)}'.`), input: [] };
    if (generate !== undefined && generate !== false) {
      return { reply: invalid("Invalid value for 'generate': expected false."), input: [] };
    }
    if (previous !== undefined && previous !== last?.id) {
      return { reply: previousNotFound(previous), input: [] };
    }
    const added: readonly unknown[] = Array.isArray(rest["input"]) ? rest["input"] : [];
    const input = previous === undefined ? added : [...(last?.input ?? []), ...added];
    const body: JsonObject = { ...rest, ...(Array.isArray(rest["input"]) && { input }) };
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
    const refusal = host.refuseWarmUp(request, body);
    if (refusal !== undefined) return refusal;
    const id = `resp_warmup${String(request.number).padStart(8, "0")}`;
    const createdAt = Math.floor(Date.now() / 1000);
    const frames = warmUpFrames({ id, createdAt, ...host.echo, body });
    return { kind: "stream", status: 200, headers: {}, frames, framing: PLAIN_FRAMING };
  }
}

/** What a response has left behind once it was completed. */
function lastResponse(
  frames: readonly Frame[],
  input: readonly unknown[],
): { id: string; input: readonly unknown[] } | undefined {
  const events = frames.flatMap((frame) => (frame.kind === "event" ? [frame.event] : []));
  const completed = events.find(({ type }) => type === "response.completed" || type === "response.done");
  const id = stringMember(completed?.["response"], "id");
  if (id === undefined) return undefined;
  const items = events.flatMap((event) =>
    event.type === "response.output_item.done" ? [event["item"]] : [],
  );
  return { id, input: [...input, ...items] };
}

function invalid(message: string): Reply {
  return errorReply(400, { message });
}

function previousNotFound(id: unknown): Reply {
  return errorReply(400, {
    message: `Previous response with id '${String(id)}' not found.`,
    code: "previous_response_not_found",
    param: "previous_response_id",
  });
}
