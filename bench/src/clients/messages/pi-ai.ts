import type { Model } from "@mariozechner/pi-ai";
import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { askPi } from "../pi-ai.ts";

export function connect({ origin }: ClientOptions): Ask {
  const model: Model<"anthropic-messages"> = {
    id: WIRE_MODELS.messages,
    name: WIRE_MODELS.messages,
    api: "anthropic-messages",
    provider: "anthropic",
    baseUrl: origin,
    reasoning: false,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 1_000_000,
    maxTokens: 32_000,
  };
  return askPi(model, "bench");
}
