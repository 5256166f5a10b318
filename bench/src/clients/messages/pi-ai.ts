import type { Model } from "@mariozechner/pi-ai";
import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { askPi } from "../pi-ai.ts";
import { PI_MODEL } from "../pi-events.ts";

export function connect({ origin }: ClientOptions): Ask {
  const model: Model<"anthropic-messages"> = {
    id: WIRE_MODELS.messages,
    name: WIRE_MODELS.messages,
    api: "anthropic-messages",
    provider: "anthropic",
    baseUrl: origin,
    ...PI_MODEL,
  };
  return askPi(model, "bench");
}
