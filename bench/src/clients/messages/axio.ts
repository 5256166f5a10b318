import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { askAgent, loadPackage } from "../axio.ts";

/** axio over the Messages API, through the agent. */
export async function connect(options: ClientOptions): Promise<Ask> {
  const { AnthropicTransport } = await loadPackage<typeof import("axio-transport-anthropic")>(
    "axio-transport-anthropic",
    options,
  );
  const transport = new AnthropicTransport({
    apiKey: "bench",
    baseUrl: options.origin,
    isAnthropic: true,
    model: WIRE_MODELS.messages,
  });
  return askAgent(transport, options);
}
