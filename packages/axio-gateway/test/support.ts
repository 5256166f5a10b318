import { isJsonObject, type JsonObject } from "axio";
import type { Simulator } from "axio-simulator";
import { codexTransport } from "test-support/codex-transport";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
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

/** A WebSocket to `/v1/responses`, for a test. */
export interface TestSocket {
  /** Sends a request, and returns its events. `onEvent` gets each as it comes. */
  create(body: JsonObject, onEvent?: (event: JsonObject) => void): Promise<readonly JsonObject[]>;
  /** Resolves with the code with which the connection is closed. */
  readonly closed: Promise<number>;
}

const LAST_EVENTS: ReadonlySet<unknown> = new Set(["response.completed", "error"]);

export async function connect({ url, secret }: TestGateway): Promise<TestSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/responses`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  onTestFinished(() => socket.terminate());
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return {
    closed,
    create: (body, onEvent) =>
      new Promise((resolve) => {
        const events: JsonObject[] = [];
        const onMessage = (data: Buffer): void => {
          const event = JSON.parse(data.toString("utf8")) as JsonObject;
          events.push(event);
          onEvent?.(event);
          if (!LAST_EVENTS.has(event["type"])) return;
          socket.off("message", onMessage);
          resolve(events);
        };
        socket.on("message", onMessage);
        socket.send(JSON.stringify({ type: "response.create", model: "gpt-5.5", ...body }));
      }),
  };
}

/** Returns the id of the response that the last event completes. */
export function responseId(events: readonly JsonObject[]): string {
  const response = events.at(-1)?.["response"];
  return isJsonObject(response) && typeof response["id"] === "string" ? response["id"] : "";
}
