// A gateway, or a proxy that only passes bytes on, in its own process. Reports its CPU time on each message "cpu", and its heap
// on each message "heap".

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

/** A figure that the process reports when it is asked. */
export type ProxyMetric = "cpu" | "heap";

/** CPU time since the start of the process in milliseconds, or the heap after a garbage collection in bytes. */
export type ProxyState = number;

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

function measure(metric: ProxyMetric): ProxyState {
  if (metric === "cpu") {
    // Without a forced garbage collection, which would cost as much as the events of a round.
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const { kind, upstream } = JSON.parse(process.argv[2] ?? "{}") as ProxyOrder;
process.on("disconnect", () => process.exit(0));
process.on("message", (metric: ProxyMetric) => process.send?.(measure(metric)));
process.send?.(await (kind === "gateway" ? startAxio(upstream) : startProxy(upstream)));
