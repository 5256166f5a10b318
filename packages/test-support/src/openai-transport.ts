import type { JsonObject } from "axio";
import { startOpenAISimulator } from "axio-simulator";
import { ServerTransport } from "axio-transport-openai";
import { onTestFinished } from "vitest";

/** A transport with an API key to a simulator of OpenAI, for a test. The model `gpt-4.1` takes sampling settings. */
export async function openaiTransport(api: "chat" | "responses"): Promise<{
  readonly transport: ServerTransport;
  /** Returns the bodies of the requests for responses. */
  readonly bodies: () => readonly JsonObject[];
}> {
  const simulator = await startOpenAISimulator();
  onTestFinished(() => simulator.close());
  const { baseUrl, apiKey } = simulator;
  const transport = new ServerTransport({ server: "openai", baseUrl, apiKey, api, model: "gpt-4.1" });
  return {
    transport,
    bodies: () =>
      simulator.requests.flatMap(({ method, json }) => (method === "POST" ? [json as JsonObject] : [])),
  };
}
