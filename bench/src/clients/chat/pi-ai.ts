import type { Model } from "@mariozechner/pi-ai";
import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { askPi } from "../pi-ai.ts";

export function connect({ origin }: ClientOptions): Ask {
  const model: Model<"openai-completions"> = {
    id: WIRE_MODELS.chat,
    name: WIRE_MODELS.chat,
    api: "openai-completions",
    provider: "openai",
    baseUrl: `${origin}/v1`,
    reasoning: false,
    input: ["text"],
    cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    contextWindow: 1_000_000,
    maxTokens: 32_000,
  };
  return askPi(model, "bench");
}
