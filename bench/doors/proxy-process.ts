// A gateway, or a proxy that only passes bytes on, in its own process. Reports its CPU time and heap on each message.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createKey, startGateway } from "axio-gateway";
import { ServerTransport } from "axio-transport-openai";
import { Hono } from "hono";

/** The start parameters of the process. */
export interface ProxyOrder {
  readonly kind: "gateway" | "proxy";
  /** The base URL of the server behind it. */
  readonly upstream: string;
}

/** How a client reaches it. */
export interface ProxyAddress {
  readonly baseUrl: string;
  readonly secret: string;
}

/** The state of the process. */
export interface ProxyState {
  /** CPU time since the start of the process. */
  readonly cpuMs: number;
  /** The heap after a garbage collection. */
  readonly heapBytes: number;
}

async function startProxy(upstream: string): Promise<ProxyAddress> {
  const app = new Hono();
  app.all("*", async ({ req }) => {
    const body = await req.raw.text();
    const headers = { "content-type": "application/json" };
    const url = `${upstream}${req.path.slice("/v1".length)}`;
    const answer = await fetch(url, { method: "POST", headers, body, signal: req.raw.signal });
    return new Response(answer.body, {
      status: answer.status,
      headers: { "content-type": "text/event-stream" },
    });
  });
  const server = createServer(
    getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, secret: "none" };
}

async function startAxio(upstream: string): Promise<ProxyAddress> {
  const { key, secret } = createKey({ name: "bench", limits: { concurrency: 1_000, queue: 0 } });
  const transport = new ServerTransport({
    server: "openai",
    api: "chat",
    apiKey: "bench",
    baseUrl: upstream,
  });
  const { baseURL: baseUrl } = await startGateway({ transport, keys: [key] });
  return { baseUrl, secret };
}

function state(): ProxyState {
  globalThis.gc?.();
  const heapBytes = process.memoryUsage().heapUsed;
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, heapBytes };
}

const { kind, upstream } = JSON.parse(process.argv[2] ?? "{}") as ProxyOrder;
process.on("disconnect", () => process.exit(0));
process.on("message", () => process.send?.(state()));
process.send?.(await (kind === "gateway" ? startAxio(upstream) : startProxy(upstream)));
