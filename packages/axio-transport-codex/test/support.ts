import { setTimeout as sleep } from "node:timers/promises";
import { MemoryCredentialStore } from "axio-auth";
import { type RecordedRequest, type Simulator, type SimulatorOptions, startSimulator } from "axio-simulator";
import { onTestFinished } from "vitest";
import { CodexTransport, type CodexTransportOptions, type Credentials } from "../src/index.ts";

export { asking, collect, failureOf, textOf } from "test-support/transport-calls";

/** A simulator for one test. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Options that connect a signed-in transport to a simulator, with short delays. */
export function connection(
  simulator: Simulator,
  tokens: Credentials = simulator.issueCredentials(),
): CodexTransportOptions & { readonly credentials: MemoryCredentialStore<Credentials> } {
  return {
    credentials: new MemoryCredentialStore<Credentials>(tokens),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
    retry: { baseDelayMs: 1 },
  };
}

/** A signed-in transport with a model that the account has. */
export function transportTo(simulator: Simulator, options: CodexTransportOptions = {}): CodexTransport {
  const base = connection(simulator);
  return new CodexTransport({
    model: "gpt-5.5",
    ...base,
    ...options,
    retry: { ...base.retry, ...options.retry },
  });
}

/** Returns the requests to a path of the simulator, given by its end. */
export function requestsTo(simulator: Simulator, path: string): readonly RecordedRequest[] {
  return simulator.requests.filter((request) => request.path.endsWith(path));
}

/**
 * Waits until the simulator sees no open stream: it hears of a closed socket a moment after the client. A count, and not
 * a clock, ends the wait, because a test may have stopped the clock.
 */
export async function allClosed({ stats }: Simulator): Promise<void> {
  for (let polls = 0; stats.openStreams > 0; polls += 1) {
    if (polls === 10_000) throw new Error(`The simulator still has ${stats.openStreams} open streams.`);
    await sleep(1);
  }
}
