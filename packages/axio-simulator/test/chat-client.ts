import type { OpenAISimulator } from "../src/index.ts";

/** A tool for requests of Chat Completions. */
export const CHAT_TOOL = {
  type: "function" as const,
  function: {
    name: "read_file",
    parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  },
};

/** A body that passes every rule. */
export function chatBody(prompt: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model: "gpt-4.1",
    messages: [{ role: "user", content: prompt }],
    stream: true,
    stream_options: { include_usage: true },
    tools: [CHAT_TOOL],
    ...rest,
  };
}

/** Posts a body to `/chat/completions`. */
export function postChat(
  { baseUrl, apiKey }: Pick<OpenAISimulator, "baseUrl" | "apiKey">,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}`, ...headers },
    body: JSON.stringify(body),
  });
}

/** The chunks of a stream in the simulator's plain framing. */
export async function chunksOf(response: Response): Promise<Record<string, unknown>[]> {
  const text = await response.text();
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice("data: ".length)));
}

/** The deltas of the first choice. */
export function deltasOf(chunks: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return chunks.flatMap((chunk) => {
    const [choice] = (chunk["choices"] ?? []) as readonly { delta?: Record<string, unknown> }[];
    return choice?.delta == null ? [] : [choice.delta];
  });
}
