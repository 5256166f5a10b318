import { MemoryCredentialStore } from "axio-auth";
import { type Simulator, startSimulator } from "axio-simulator";
import { CodexTransport } from "axio-transport-codex";
import OpenAI from "openai";
import OpenAI7 from "openai-7";
import { onTestFinished } from "vitest";
import { axioOpenAI, type OpenAIFetchOptions } from "../src/index.ts";

/** A simulator and a transport to it, for one test. */
export async function codex(): Promise<{
  readonly simulator: Simulator;
  readonly transport: CodexTransport;
}> {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.close());
  const transport = new CodexTransport({
    model: "gpt-5.5",
    credentials: new MemoryCredentialStore(simulator.issueCredentials()),
    baseUrl: simulator.baseUrl,
    issuer: simulator.issuer,
    retry: { maxRetries: 1, baseDelayMs: 0 },
  });
  onTestFinished(() => transport.close());
  return { simulator, transport };
}

/** The official client, versions 6 and 7. Version 6 has the types of both. */
export const CLIENTS: readonly [
  string,
  (transport: CodexTransport, options?: OpenAIFetchOptions) => OpenAI,
][] = [
  ["openai 6", (transport, options) => new OpenAI(axioOpenAI(transport, options))],
  ["openai 7", (transport, options) => new OpenAI7(axioOpenAI(transport, options)) as unknown as OpenAI],
];
