import { createParser } from "eventsource-parser";
import type { Ask, ClientOptions, Received } from "../client.ts";
import { MODEL_ID } from "../client.ts";

interface WireEvent {
  readonly type: string;
  readonly delta?: string;
}

/** The least that any client can do: `fetch`, an SSE parser, `JSON.parse`. No errors, no types, no terminal event. */
export function connect({ origin }: ClientOptions): Ask {
  return (prompt) =>
    readEvents(`${origin}/responses`, { model: MODEL_ID, stream: true, input: prompt }, (data) => {
      const event = JSON.parse(data) as WireEvent;
      return event.type === "response.output_text.delta" ? event.delta : undefined;
    });
}

/** Posts a body, and reads the text of the events of the response. `textOf` returns that of one event. */
export async function readEvents(
  url: string,
  body: object,
  textOf: (data: string) => string | undefined,
): Promise<Received> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok || response.body === null)
    throw new Error(`The server responded with ${response.status}.`);
  let deltas = 0;
  let text = "";
  const parser = createParser({
    maxBufferSize: Number.POSITIVE_INFINITY,
    onEvent: ({ data }) => {
      const delta = textOf(data);
      if (delta !== undefined) {
        deltas += 1;
        text += delta;
      }
    },
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { deltas, text };
    parser.feed(decoder.decode(value, { stream: true }));
  }
}
