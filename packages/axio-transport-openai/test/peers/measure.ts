import { AxioError, type Block, type TransportEvent } from "axio";
import OpenAI from "openai";
import { asking } from "test-support/transport-calls";
import { ServerTransport } from "../../src/index.ts";

/** A server that responds with one body. */
function fetchOf(body: string): () => Promise<Response> {
  return async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const TARGET = { baseUrl: "https://server.example.com/v1", apiKey: "key-0123456789abcdef" };

/** Returns the outcome of a stream in this package, in one line. */
export async function measureOurs(body: string): Promise<string> {
  const transport = new ServerTransport({
    ...TARGET,
    model: "m",
    fetch: fetchOf(body),
    retry: { maxRetries: 0 },
  });
  const events: TransportEvent[] = [];
  try {
    for await (const event of transport.stream(asking("Hi"))) events.push(event);
  } catch (error) {
    return AxioError.is(error) ? error.code : `threw ${String(error)}`;
  }
  const last = events.at(-1);
  const blocks = events.flatMap((event) => (event.type === "block-end" ? [event.block] : []));
  const shown = blocks.map(brief).join(" ");
  const reason = last?.type === "step-end" ? last.stopReason : "none";
  return shown === "" ? reason : `${reason}: ${shown}`;
}

/** Returns the outcome in the stream helper of the package `openai`, in one line. */
export async function measureOpenAI(body: string): Promise<string> {
  const client = new OpenAI({ ...TARGET, baseURL: TARGET.baseUrl, fetch: fetchOf(body), maxRetries: 0 });
  try {
    const stream = client.chat.completions.stream({
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
      stream_options: { include_usage: true },
    });
    const { choices } = await stream.finalChatCompletion();
    const [choice] = choices;
    const { content, refusal, tool_calls: calls = [] } = choice?.message ?? {};
    const parts = [
      ...(content ? [JSON.stringify(content)] : []),
      ...(refusal ? [`refusal ${JSON.stringify(refusal)}`] : []),
      ...calls.map(({ function: { name, arguments: input } }) => `${name}${spaceless(input)}`),
    ];
    const shown = parts.join(" ");
    const reason = String(choice?.finish_reason);
    return shown === "" ? reason : `${reason}: ${shown}`;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `error: ${message.split("\n")[0]?.slice(0, 70)}`;
  }
}

/** JSON without spaces; other text stays. */
function spaceless(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

function brief(block: Block): string {
  switch (block.type) {
    case "text":
      return JSON.stringify(block.text);
    case "reasoning":
      return `[${block.text}]`;
    case "tool-use":
      return `${block.name}${JSON.stringify(block.input)}`;
    default:
      return block.type;
  }
}
