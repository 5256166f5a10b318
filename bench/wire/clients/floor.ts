import { createParser } from "eventsource-parser";
import { type Client, historyText, MODEL_ID, QUESTION, type Target, timeToText } from "../client.ts";
import { INSTRUCTIONS } from "../conversation.ts";

interface WireEvent {
  readonly type: string;
  readonly delta?: string;
  readonly item?: unknown;
}

/** The least that any client can do: `fetch`, an SSE parser, `JSON.parse`. */
export function floor({ baseUrl, accessToken, accountId }: Target): Pick<Client, "chat"> {
  async function* answer(input: unknown[]): AsyncGenerator<string> {
    const response = await fetch(`${baseUrl}/responses`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${accessToken}`,
        "chatgpt-account-id": accountId,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        model: MODEL_ID,
        instructions: INSTRUCTIONS,
        stream: true,
        store: false,
        input,
      }),
    });
    if (!response.ok || response.body === null)
      throw new Error(`The server responded with ${response.status}.`);
    let pieces: string[] = [];
    const parser = createParser({
      onEvent: ({ data }) => {
        const event = JSON.parse(data) as WireEvent;
        if (event.type === "response.output_text.delta") pieces.push(event.delta ?? "");
        else if (event.type === "response.output_item.done") input.push(event.item);
      },
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* pieces;
      pieces = [];
    }
  }
  return {
    chat: (historyCharacters) => {
      const history: unknown[] =
        historyCharacters === 0
          ? []
          : [message("user", historyText(historyCharacters)), message("assistant", "Noted.")];
      return () => {
        const startedAt = performance.now();
        const input = [...history];
        input.push(message("user", QUESTION));
        return timeToText(answer(input), startedAt);
      };
    },
  };
}

function message(role: "user" | "assistant", content: string): object {
  return { type: "message", role, content };
}
