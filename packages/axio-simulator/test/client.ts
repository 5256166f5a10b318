import type { IssuedTokens, Simulator } from "../src/index.ts";

/** A user message with the given text. */
export function user(text: string): Record<string, unknown> {
  return { type: "message", role: "user", content: [{ type: "input_text", text }] };
}

/** A body that passes every check. */
export function responsesBody(
  input: readonly unknown[],
  rest: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    model: "gpt-5.5",
    instructions: "Be brief.",
    input,
    reasoning: { effort: "low", summary: "auto" },
    include: ["reasoning.encrypted_content"],
    store: false,
    stream: true,
    prompt_cache_key: "session-1",
    ...rest,
  };
}

/** The headers of a signed-in client. */
export function signedIn(tokens: IssuedTokens): Record<string, string> {
  return { authorization: `Bearer ${tokens.accessToken}`, "chatgpt-account-id": tokens.accountId };
}

/** Posts a body to `/responses` as a signed-in client. */
export function post(
  simulator: Simulator,
  body: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
  redirect: "follow" | "manual" = "follow",
): Promise<Response> {
  return fetch(`${simulator.baseUrl}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json", ...signedIn(simulator.issueCredentials()), ...headers },
    body: JSON.stringify(body),
    redirect,
    ...(signal !== undefined && { signal }),
  });
}

/** An event as received. */
export interface ReceivedEvent extends Record<string, unknown> {
  readonly type: string;
}

/** The events of a stream in the simulator's plain framing. */
export async function eventsOf(response: Response): Promise<ReceivedEvent[]> {
  const text = await response.text();
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)) as ReceivedEvent);
}

/** The finished items of a stream, in order. */
export function itemsOf(events: readonly ReceivedEvent[]): Record<string, unknown>[] {
  return events
    .filter(({ type }) => type === "response.output_item.done")
    .map((event) => event["item"] as Record<string, unknown>);
}

/** The text of the messages of a stream. */
export function textOf(events: readonly ReceivedEvent[]): string {
  return events
    .filter(({ type }) => type === "response.output_text.delta")
    .map((event) => String(event["delta"]))
    .join("");
}
