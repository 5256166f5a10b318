import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { readServerSentEvents } from "../src/index.ts";
import { startServer } from "./support/http-server.ts";
import { senders } from "./support/senders.ts";

describe.each(senders)("%s", (_name, send) => {
  /** Reads to the last event, and leaves. */
  async function readToLast(url: string): Promise<void> {
    const response = await send({ url });
    const events = readServerSentEvents(response);
    for await (const batch of events) {
      if (!batch.includes("last")) continue;
      events.finish();
      break;
    }
  }

  test("keeps the connection for the next request if a finished stream is left", async () => {
    const sockets = new Set<Socket>();
    const { url, noOpenResponses } = await startServer((request, response) => {
      sockets.add(request.socket);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      response.write("data: last\n\n");
      response.end();
    });
    const calls = 8;
    for (let call = 0; call < calls; call += 1) {
      await readToLast(url);
      await noOpenResponses();
    }
    // A request may come before the rest of the previous response was read. Then it takes a connection of its own.
    expect(sockets.size).toBeLessThan(calls / 2);
  });

  test("cuts a stream that goes on after it was finished", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const goOn = (): void => {
        if (!response.destroyed) response.write("data: more\n\n", () => setImmediate(goOn));
      };
      response.write("data: last\n\n", goOn);
    });
    await readToLast(url);
    await noOpenResponses();
  });

  test("cuts a stream that is left before it was finished", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
    });
    const response = await send({ url });
    for await (const _batch of readServerSentEvents(response)) break;
    await noOpenResponses();
  });
});
