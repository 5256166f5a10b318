import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { readEvents } from "../floor.ts";

interface WireEvent {
  readonly type: string;
  readonly delta?: { readonly text?: string };
}

/** The least that a client of the Messages API can do. */
export function connect({ origin }: ClientOptions): Ask {
  return (prompt) =>
    readEvents(
      `${origin}/v1/messages`,
      {
        model: WIRE_MODELS.messages,
        stream: true,
        max_tokens: 32_000,
        messages: [{ role: "user", content: prompt }],
      },
      (data) => {
        const event = JSON.parse(data) as WireEvent;
        return event.type === "content_block_delta" ? event.delta?.text : undefined;
      },
    );
}
