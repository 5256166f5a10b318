import { EventBody } from "./event-body.ts";
import type { EventSource } from "./event-chunks.ts";

/**
 * Returns a response of server-sent events. On Node.js it creates its headers and its stream when they are read, because a
 * `Response` with a stream costs as much as converting a request. The servers of other runtimes look into a response without
 * reading its members.
 */
export function eventResponse(source: EventSource, headers: Readonly<Record<string, string>>): Response {
  if (isNode() && IS_OF_RUNTIME) return new EventResponse(source, headers);
  const response = new Response(new EventBody(source).stream, { headers });
  sources.set(response, source);
  return response;
}

/** The sources of the responses that are those of the runtime. */
const sources = new WeakMap<Response, EventSource>();

/**
 * Returns the text of a response of {@link eventResponse}, for a server that writes it to a socket without a web stream. The
 * body of the response must not be read as well.
 */
export function eventSourceOf(response: Response): EventSource | undefined {
  return EventResponse.sourceOf(response) ?? sources.get(response);
}

function isNode(): boolean {
  // Node.js 20 has no `navigator`. Others that have its modules name themselves here.
  const { navigator } = globalThis as { navigator?: { userAgent?: string } };
  const isOwn = navigator === undefined || navigator.userAgent?.startsWith("Node.js/") === true;
  return isOwn && globalThis.process?.versions?.node !== undefined;
}

/** Whether `Response` is that of the runtime. That of hono sends what its constructor got, whatever a subclass returns. */
const IS_OF_RUNTIME = Object.getPrototypeOf(Response) === Function.prototype;

/**
 * A response by its prototype alone: the constructor of the runtime's would create what is not needed here. So each member
 * is one of this class, and one that it does not have throws.
 */
class EventResponse implements Response {
  static {
    Object.setPrototypeOf(EventResponse.prototype, Response.prototype);
  }

  readonly #source: EventSource;
  readonly #fields: Readonly<Record<string, string>>;
  #headers: Headers | undefined;
  #body: EventBody | undefined;
  /** The response of the runtime, for what this one does not do itself. */
  #response: Response | undefined;

  constructor(source: EventSource, headers: Readonly<Record<string, string>>) {
    this.#source = source;
    this.#fields = headers;
  }

  static sourceOf(response: Response): EventSource | undefined {
    return #source in response ? response.#source : undefined;
  }

  get ok(): boolean {
    return true;
  }

  get redirected(): boolean {
    return false;
  }

  get status(): number {
    return 200;
  }

  get statusText(): string {
    return "";
  }

  get type(): Response["type"] {
    return "default";
  }

  get url(): string {
    return "";
  }

  get headers(): Headers {
    this.#headers ??= new Headers(this.#fields);
    return this.#headers;
  }

  get body(): Response["body"] {
    // A response that was cloned reads another stream.
    return this.#response === undefined ? this.#events.stream : this.#response.body;
  }

  get bodyUsed(): boolean {
    return this.#response?.bodyUsed ?? this.#body?.isRead ?? false;
  }

  clone(): Response {
    return this.#whole.clone();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#whole.arrayBuffer();
  }

  async blob(): Promise<Blob> {
    return this.#whole.blob();
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer());
  }

  async formData(): Promise<FormData> {
    return this.#whole.formData();
  }

  async json(): Promise<unknown> {
    return this.#whole.json();
  }

  async text(): Promise<string> {
    return this.#whole.text();
  }

  get #events(): EventBody {
    this.#body ??= new EventBody(this.#source);
    return this.#body;
  }

  /** @throws TypeError if the body was read, or is being read. */
  get #whole(): Response {
    this.#response ??= new Response(this.#events.stream, { headers: this.headers });
    return this.#response;
  }
}
