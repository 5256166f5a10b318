import { MemoryCredentialStore } from "axio-auth";
import { type Simulator, startSimulator } from "axio-simulator";
import { CodexTransport } from "axio-transport-codex";
import { onTestFinished } from "vitest";

/** A simulator and a signed-in transport to it, for a test. `lifetimeSeconds` is that of the access token. */
export async function codexTransport(issued: { readonly lifetimeSeconds?: number } = {}): Promise<{
  readonly simulator: Simulator;
  readonly transport: CodexTransport;
}> {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const transport = new CodexTransport({
    model: "gpt-5.5",
    credentials: new MemoryCredentialStore(simulator.issueCredentials(issued)),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
    retry: { maxRetries: 1, baseDelayMs: 0 },
  });
  onTestFinished(() => transport.close());
  return { simulator, transport };
}
