import type { JsonObject } from "axio";
import { type OpenAISimulator, type OpenAISimulatorOptions, startOpenAISimulator } from "axio-simulator";
import { onTestFinished } from "vitest";
import { ServerTransport, type ServerTransportOptions } from "../src/index.ts";

export { asking, collect, failureOf, textOf } from "test-support/transport-calls";

/** Starts a simulator of OpenAI's API, or of a server that speaks like it, for a test. */
export async function simulate(options: OpenAISimulatorOptions = {}): Promise<OpenAISimulator> {
  const simulator = await startOpenAISimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Returns a transport to a simulator, as to OpenAI itself, with short delays. */
export function transportTo(
  { baseUrl, apiKey }: Pick<OpenAISimulator, "baseUrl" | "apiKey">,
  { retry, ...options }: ServerTransportOptions = {},
): ServerTransport {
  return new ServerTransport({
    server: "openai",
    baseUrl,
    apiKey,
    model: "gpt-4.1",
    retry: { baseDelayMs: 1, ...retry },
    ...options,
  });
}

/** The path of requests for responses. */
const CALLS = /^\/v1\/(?:responses|chat\/completions)$/;

/** Returns the bodies of the requests for responses. */
export function bodies({ requests }: Pick<OpenAISimulator, "requests">): readonly JsonObject[] {
  return requests
    .filter(({ path, method }) => method === "POST" && CALLS.test(path))
    .map(({ body }) => JSON.parse(body) as JsonObject);
}
