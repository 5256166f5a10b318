import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject, type JsonObject } from "axio";
import {
  type AnthropicSimulator,
  type AnthropicSimulatorOptions,
  startAnthropicSimulator,
} from "axio-simulator";
import { onTestFinished } from "vitest";
import { AnthropicTransport, type AnthropicTransportOptions } from "../../src/index.ts";

/** A simulator for a test. */
export async function simulate(options: AnthropicSimulatorOptions = {}): Promise<AnthropicSimulator> {
  const simulator = await startAnthropicSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Options that connect a transport to a simulator, with short delays. */
export function connection(simulator: AnthropicSimulator): AnthropicTransportOptions {
  return {
    apiKey: simulator.apiKey,
    baseUrl: simulator.baseUrl,
    isAnthropic: true,
    env: {},
    retry: { baseDelayMs: 1 },
  };
}

/** A transport to a simulator. */
export function transportTo(
  simulator: AnthropicSimulator,
  options: AnthropicTransportOptions = {},
): AnthropicTransport {
  const base = connection(simulator);
  return new AnthropicTransport({ ...base, ...options, retry: { ...base.retry, ...options.retry } });
}

/** The bodies of the requests for messages so far. */
export function bodiesOf(simulator: AnthropicSimulator): readonly JsonObject[] {
  return simulator.requests.flatMap(({ path, json }) =>
    path.endsWith("/messages") && isJsonObject(json) ? [json] : [],
  );
}

/** Waits until the simulator sees no open stream: it hears of a closed socket a moment after the client. */
export async function allClosed({ stats }: AnthropicSimulator): Promise<void> {
  for (let polls = 0; stats.openStreams > 0; polls += 1) {
    if (polls === 10_000) throw new Error(`The simulator still has ${stats.openStreams} open streams.`);
    await sleep(1);
  }
}
