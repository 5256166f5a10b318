import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { readEvents } from "../floor.ts";

interface Chunk {
  readonly choices: readonly { readonly delta?: { readonly content?: string | null } }[];
}

/** The least that a client of Chat Completions can do. */
export function connect({ origin }: ClientOptions): Ask {
  return (prompt) =>
    readEvents(
      `${origin}/v1/chat/completions`,
      { model: WIRE_MODELS.chat, stream: true, messages: [{ role: "user", content: prompt }] },
      (data) => {
        if (data === "[DONE]") return undefined;
        return (JSON.parse(data) as Chunk).choices[0]?.delta?.content || undefined;
      },
    );
}
