import type { JsonObject } from "axio";
import {
  type OpenAISimulator,
  type OpenAISimulatorOptions,
  type RecordedRequest,
  startOpenAISimulator,
} from "axio-simulator";
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

/** Returns the requests for responses, over HTTP and in messages, and the rejected upgrades. */
export function callsTo({ requests }: Pick<OpenAISimulator, "requests">): readonly RecordedRequest[] {
  return requests.filter(
    ({ path, method, status }) => CALLS.test(path) && (method !== "GET" || status !== 101),
  );
}

/** Returns the bodies of the requests for responses. */
export function bodies(simulator: Pick<OpenAISimulator, "requests">): readonly JsonObject[] {
  return callsTo(simulator)
    .filter(({ method }) => method !== "GET")
    .map(({ body }) => JSON.parse(body) as JsonObject);
}
