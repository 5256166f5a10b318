import { createParser } from "eventsource-parser";
import type { Ask, ClientOptions } from "../client.ts";
import { MODEL_ID } from "../client.ts";

interface WireEvent {
  readonly type: string;
  readonly delta?: string;
}

/** The least that any client can do: `fetch`, an SSE parser, `JSON.parse`. No errors, no types, no terminal event. */
export function connect({ origin }: ClientOptions): Ask {
  return async (prompt) => {
    const response = await fetch(`${origin}/responses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: MODEL_ID, stream: true, input: prompt }),
    });
    if (!response.ok || response.body === null)
      throw new Error(`The server responded with ${response.status}.`);
    let deltas = 0;
    let text = "";
    const parser = createParser({
      maxBufferSize: Number.POSITIVE_INFINITY,
      onEvent: ({ data }) => {
        const event = JSON.parse(data) as WireEvent;
        if (event.type === "response.output_text.delta") {
          deltas += 1;
          text += event.delta;
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
  };
}
