import { createAnthropic } from "@ai-sdk/anthropic";
import { streamText } from "ai-7";
import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { askStreamText } from "../stream-text.ts";

export function connect({ origin }: ClientOptions): Ask {
  const provider = createAnthropic({ baseURL: `${origin}/v1`, apiKey: "bench" });
  return askStreamText(streamText, provider(WIRE_MODELS.messages));
}
