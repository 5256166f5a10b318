import { WIRE_MODELS } from "../../api/wires.ts";
import type { Ask, ClientOptions } from "../../client.ts";
import { askAgent, loadPackage } from "../axio.ts";

/** axio over Chat Completions, through the agent. */
export async function connect(options: ClientOptions): Promise<Ask> {
  const { ServerTransport } = await loadPackage<typeof import("axio-transport-openai")>(
    "axio-transport-openai",
    options,
  );
  const transport = new ServerTransport({
    server: "openai",
    api: "chat",
    apiKey: "bench",
    baseUrl: `${options.origin}/v1`,
    model: WIRE_MODELS.chat,
  });
  return askAgent(transport, options);
}
