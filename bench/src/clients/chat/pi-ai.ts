import type { Model } from "@mariozechner/pi-ai";
import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { askPi } from "../pi-ai.ts";
import { PI_MODEL } from "../pi-events.ts";

export function connect({ origin }: ClientOptions): Ask {
  const model: Model<"openai-completions"> = {
    id: WIRE_MODELS.chat,
    name: WIRE_MODELS.chat,
    api: "openai-completions",
    provider: "openai",
    baseUrl: `${origin}/v1`,
    ...PI_MODEL,
  };
  return askPi(model, "bench");
}
