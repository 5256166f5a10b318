// Requests a response through the in-process fetch of axio-openai-client and through its transport in turn, and reports the time
// to the first event of each on each message.

import { createOpenAIFetch } from "axio-openai-client";
import { ServerTransport } from "axio-transport-openai";

/** The start parameters of the process. */
export interface ClientOrder {
  /** The base URL of the server. */
  readonly upstream: string;
}

/** The time from a request to its first text. */
export interface FirstEvent {
  readonly elapsedMs: number;
  /** CPU time of this process. */
  readonly cpuMs: number;
}

/** One request of each kind. */
export interface FirstEvents {
  readonly transport: FirstEvent;
  readonly fetch: FirstEvent;
}

const PROMPT = "Stream 20 deltas.";
const MODEL = "gpt-4.1";

const { upstream } = JSON.parse(process.argv[2] ?? "{}") as ClientOrder;
const transport = new ServerTransport({
  server: "openai",
  api: "chat",
  apiKey: "bench",
  baseUrl: upstream,
  model: MODEL,
});
const localFetch = createOpenAIFetch(transport);

type Request = (onFirst: () => void) => Promise<void>;

const viaTransport: Request = async (onFirst) => {
  const messages = [{ role: "user" as const, content: [{ type: "text" as const, text: PROMPT }] }];
  for await (const event of transport.stream({ system: "", messages, tools: [] })) {
    if (event.type === "text-delta") onFirst();
  }
};

const viaFetch: Request = async (onFirst) => {
  const response = await localFetch("http://axio.invalid/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: "user", content: PROMPT }] }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    if (/"content":"[^"]/.test(decoder.decode(chunk, { stream: true }))) onFirst();
  }
};

async function firstEvent(request: Request): Promise<FirstEvent> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let first: FirstEvent | undefined;
  await request(() => {
    if (first !== undefined) return;
    const { user, system } = process.cpuUsage(before);
    first = { elapsedMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
  });
  if (first === undefined) throw new Error("A response had no text.");
  return first;
}

process.on("disconnect", () => process.exit(0));
let count = 0;
process.on("message", () => {
  void (async () => {
    count += 1;
    // Neither of them always comes first.
    const isTransportFirst = count % 2 === 0;
    const early = isTransportFirst ? await firstEvent(viaTransport) : undefined;
    const fetch = await firstEvent(viaFetch);
    process.send?.({ fetch, transport: early ?? (await firstEvent(viaTransport)) } satisfies FirstEvents);
  })();
});
process.send?.("ready");
