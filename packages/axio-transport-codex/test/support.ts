import { type Credentials, MemoryCredentialStore } from "axio-auth";
import { type RecordedRequest, type Simulator, type SimulatorOptions, startSimulator } from "axio-simulator";
import { onTestFinished, vi } from "vitest";
import { CodexTransport, type CodexTransportOptions } from "../src/index.ts";

export { asking, collect, failureOf, textOf } from "test-support/transport-calls";

/** A simulator for one test. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

/** What leads a transport to a simulator, signed in, with waits too short to be felt. */
export function connection(
  simulator: Simulator,
  tokens: Credentials = simulator.issueCredentials(),
): CodexTransportOptions & { readonly credentials: MemoryCredentialStore<Credentials> } {
  return {
    credentials: new MemoryCredentialStore<Credentials>(tokens),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
    retryBaseDelayMs: 1,
  };
}

/** A signed-in transport with a model that the account has. */
export function transportTo(simulator: Simulator, options: CodexTransportOptions = {}): CodexTransport {
  return new CodexTransport({ model: "gpt-5.5", ...connection(simulator), ...options });
}

/** The requests to one path of the simulator, given by its end. */
export function requestsTo(simulator: Simulator, path: string): readonly RecordedRequest[] {
  return simulator.requests.filter((request) => request.path.endsWith(path));
}

/**
 * Waits until the simulator sees no open stream: it hears of a closed socket a moment after us. In vain for 10 s is an error:
 * a loop without an end would go on, at full load, after the test's own time limit.
 */
export async function allClosed({ stats }: Simulator): Promise<void> {
  await vi.waitUntil(() => stats.openStreams === 0, { timeout: 10_000, interval: 1 });
}
