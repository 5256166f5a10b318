import { OpenAI } from "openai-7";
import type { Ask, ClientOptions } from "../../client.ts";
import { askResponses, requestOf } from "../openai.ts";

/** The newest `openai`. */
export function connect({ origin }: ClientOptions): Ask {
  const client = new OpenAI({ baseURL: origin, apiKey: "bench", maxRetries: 0 });
  return askResponses((prompt) => client.responses.create(requestOf(prompt)));
}
