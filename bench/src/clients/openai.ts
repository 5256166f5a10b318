import { OpenAI } from "openai";
import { type Ask, type ClientOptions, MODEL_ID } from "../client.ts";

export function connect({ origin }: ClientOptions): Ask {
  const client = new OpenAI({ baseURL: origin, apiKey: "bench", maxRetries: 0 });
  return async (prompt) => {
    let deltas = 0;
    let text = "";
    const stream = await client.responses.create({
      model: MODEL_ID,
      input: prompt,
      stream: true,
      store: false,
    });
    for await (const event of stream) {
      if (event.type === "response.output_text.delta") {
        deltas += 1;
        text += event.delta;
      }
    }
    return { deltas, text };
  };
}
