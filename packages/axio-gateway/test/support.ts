import type { Simulator } from "axio-simulator";
import { codexTransport } from "test-support/codex-transport";
import { onTestFinished } from "vitest";
import {
  createKey,
  type GatewayKey,
  type RequestFacts,
  type RunningGateway,
  type StartOptions,
  startGateway,
} from "../src/index.ts";

/** A gateway to a simulator, for a test. */
export interface TestGateway {
  readonly simulator: Simulator;
  readonly running: RunningGateway;
  readonly url: string;
  readonly secret: string;
  readonly facts: readonly RequestFacts[];
  /** Sends a request with the key. */
  send(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<Response>;
}

export async function gateway(
  options: Partial<StartOptions> = {},
  key: Partial<GatewayKey> = {},
): Promise<TestGateway> {
  const { simulator, transport } = await codexTransport();
  const created = createKey({ name: "test", ...key });
  const facts: RequestFacts[] = [];
  const running = await startGateway({
    transport,
    keys: [created.key],
    wrongKeyDelayMs: 0,
    drainMs: 100,
    onRequest: (one) => facts.push(one),
    ...options,
  });
  onTestFinished(async () => {
    void running.close();
    await running.close();
  });
  const url = `http://127.0.0.1:${running.port}`;
  const { secret } = created;
  return {
    simulator,
    running,
    url,
    secret,
    facts,
    send: (path, body, headers = {}, signal) =>
      fetch(url + path, {
        ...(body === undefined
          ? {}
          : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers },
        signal: signal ?? null,
      }),
  };
}
