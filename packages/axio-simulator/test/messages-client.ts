import type { AnthropicSimulator } from "../src/index.ts";

/** Posts a body to `/v1/messages`. */
export function postMessages(
  { baseUrl, apiKey }: Pick<AnthropicSimulator, "baseUrl" | "apiKey">,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${baseUrl}/v1/messages`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": apiKey,
      "anthropic-version": "2023-06-01",
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

/** A body that passes every rule. */
export function messagesBody(prompt: unknown, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model: "claude-opus-5-5",
    max_tokens: 1000,
    stream: true,
    messages: [{ role: "user", content: prompt }],
    ...rest,
  };
}

/** The input usage of a response that is not streamed. */
export interface InputUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: Readonly<Record<string, number>>;
}
