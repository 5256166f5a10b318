import { OpenAI } from "openai";
import { type Ask, type ClientOptions, MODEL_ID } from "../client.ts";

export function connect({ origin }: ClientOptions): Ask {
  const client = new OpenAI({ baseURL: origin, apiKey: "bench", maxRetries: 0 });
  return askResponses((prompt) => client.responses.create(requestOf(prompt)));
}

/** Returns the request of a prompt. */
export function requestOf(prompt: string): { model: string; input: string; stream: true; store: false } {
  return { model: MODEL_ID, input: prompt, stream: true, store: false };
}

/** An event of the Responses API, as all versions of `openai` have it. */
interface ResponseEvent {
  readonly type: string;
  readonly delta?: unknown;
}

/** Asks `openai`, and reads the text delta by delta. */
export function askResponses(create: (prompt: string) => PromiseLike<AsyncIterable<ResponseEvent>>): Ask {
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    for await (const event of await create(prompt)) {
      if (event.type === "response.output_text.delta") {
        deltas += 1;
        text += event.delta;
      }
    }
    return { deltas, text };
  };
}
