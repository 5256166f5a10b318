import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { readServerSentEvents } from "../src/index.ts";
import { collect, handFedResponse } from "./support/event-streams.ts";
import { startServer } from "./support/http-server.ts";
import { senders } from "./support/senders.ts";
import { countingController, rejectionOf } from "./support/signals.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A server in a thread of its own, which sends a second event on request and reports when it is sent. */
const OTHER_THREAD = `
const { createServer } = require("node:http");
const { parentPort, workerData } = require("node:worker_threads");
const flags = new Int32Array(workerData);
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write("data: first\\n\\n");
  const look = setInterval(() => {
    if (Atomics.load(flags, 0) === 0) return;
    clearInterval(look);
    response.end("data: second\\n\\n", () => {
      Atomics.store(flags, 1, 1);
      Atomics.notify(flags, 1);
    });
  }, 1);
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

function eventStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { "content-type": "text/event-stream" });
}

test("returns the events that one chunk completed as a batch, and no empty batch", async () => {
  const { response, send, end } = handFedResponse();
  send("data: 1\n\ndata: 2\n\ndata: ");
  send("3");
  send("\n\n: only a comment\n\n");
  send(": another\n\n");
  send("data: 4\n\n");
  end();
  const batches: (readonly string[])[] = [];
  for await (const batch of readServerSentEvents(response)) batches.push(batch);
  expect(batches).toEqual([["1", "2"], ["3"], ["4"]]);
});

test("what came while this process was suspended is read before the peer counts as idle", async () => {
  const shared = new SharedArrayBuffer(8);
  const flags = new Int32Array(shared);
  const worker = new Worker(OTHER_THREAD, { eval: true, workerData: shared });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [port] = await once(worker, "message");
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const idleTimeoutMs = 100;
  const events = readServerSentEvents(response, { idleTimeoutMs });
  expect((await events.next()).value).toEqual(["first"]);
  const second = events.next();
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + 2 * idleTimeoutMs;
  Atomics.store(flags, 0, 1);
  Atomics.wait(flags, 1, 0);
  while (performance.now() < until);
  expect((await second).value).toEqual(["second"]);
  await events.next();
});

test("a `fetch` that gives up on an idle body is `stream-idle` too", async () => {
  const cause = Object.assign(new Error("Body Timeout Error"), { code: "UND_ERR_BODY_TIMEOUT" });
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new TypeError("terminated", { cause })),
  });
  expect(await rejectionOf(collect(new Response(body)))).toMatchObject({
    code: "stream-idle",
    retryable: true,
  });
});

test("time that the caller takes is not idle time", async () => {
  vi.useFakeTimers();
  const { response, send, end } = handFedResponse();
  const events = readServerSentEvents(response, { idleTimeoutMs: 1000 });
  send("data: first\n\n");
  await events.next();
  await vi.advanceTimersByTimeAsync(10_000);
  const pending = events.next();
  await vi.advanceTimersByTimeAsync(900);
  send("data: second\n\n");
  expect((await pending).value).toEqual(["second"]);
  end();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test("a response without a body has no events", async () => {
  expect(await collect(new Response(null))).toEqual([]);
});

test.each([
  ["comments", ": ping\n"],
  ["events", 'data: {"type":"x"}\n\n'],
  ["fields that are ignored", "id: 1\nretry: 1\n"],
])("a response of %s that never ends is rejected, and its connection closes", async (_, line) => {
  const chunk = new TextEncoder().encode(line.repeat(10_000));
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(chunk),
    cancel: () => {
      cancelled = true;
    },
  });
  const error = await rejectionOf(
    (async () => {
      for await (const _batch of readServerSentEvents(new Response(body), { maxBytes: 2 ** 20 }));
    })(),
  );
  expect(error).toMatchObject({ code: "protocol", message: expect.stringContaining("1 MiB") });
  expect(cancelled).toBe(true);
});

describe.each(senders)("a response of %s", (_name, send) => {
  test("reads a real server's stream to its end and leaves nothing behind", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      eventStream(response).end("data: a\n\ndata: b\n\ndata: unfinished");
    });
    const { controller, listeners } = countingController();
    const response = await send({ url, signal: controller.signal });
    expect(await collect(response, { signal: controller.signal })).toEqual(["a", "b"]);
    expect(listeners()).toBe(0);
    await noOpenResponses();
  });

  test("leaving the loop closes the socket", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      eventStream(response).write("data: first\n\n");
    });
    const { controller, listeners } = countingController();
    const response = await send({ url, signal: controller.signal });
    for await (const batch of readServerSentEvents(response, { signal: controller.signal })) {
      expect(batch).toEqual(["first"]);
      break;
    }
    await noOpenResponses();
    expect(listeners()).toBe(0);
  });

  test("an abort while waiting throws `aborted` with the signal's reason and closes the socket", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      eventStream(response).write("data: first\n\n");
    });
    const { controller, listeners } = countingController();
    const reason = new Error("the user pressed Escape");
    const response = await send({ url, signal: controller.signal });
    const events = readServerSentEvents(response, { signal: controller.signal });
    await events.next();
    const pending = rejectionOf(events.next());
    controller.abort(reason);
    expect(await pending).toMatchObject({ code: "aborted", cause: reason });
    await noOpenResponses();
    expect(listeners()).toBe(0);
  });

  test("an abort between two batches ends the events, and closes the socket before the next read", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      eventStream(response).write("data: first\n\n");
    });
    const controller = new AbortController();
    const response = await send({ url, signal: controller.signal });
    const events = readServerSentEvents(response, { signal: controller.signal });
    await events.next();
    controller.abort();
    await noOpenResponses();
    expect(await rejectionOf(events.next())).toMatchObject({ code: "aborted" });
  });

  test("a signal that fired before throws `aborted` and closes the socket", async () => {
    const { url, noOpenResponses } = await startServer((_, response) => {
      eventStream(response).write("data: first\n\n");
    });
    const response = await send({ url });
    const error = await rejectionOf(collect(response, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "aborted" });
    await noOpenResponses();
  });

  test("a connection that is reset in the middle is a retryable `network` error", async () => {
    const server = await startServer((_, response) => {
      eventStream(response).write("data: first\n\n");
    });
    const response = await send({ url: `${server.url}/path?secret=1` });
    const events = readServerSentEvents(response);
    expect((await events.next()).value).toEqual(["first"]);
    server.resetConnections();
    const error = await rejectionOf(events.next());
    expect(error).toMatchObject({
      code: "network",
      retryable: true,
      cause: expect.any(Error),
      details: { url: `${server.url}/path` },
    });
    expect(String(error)).not.toContain("secret");
    expect(error).not.toHaveProperty("details.connected");
  });

  test("the timeout of the headers does not end a healthy stream", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    let streaming: ServerResponse | undefined;
    const { url } = await startServer((_, response) => {
      streaming = eventStream(response);
      streaming.write("data: 1\n\n");
    });
    const response = await send({ url, responseTimeoutMs: 1000 });
    const events = readServerSentEvents(response, { idleTimeoutMs: 1_000_000 });
    await events.next();
    await vi.advanceTimersByTimeAsync(100_000);
    streaming?.end("data: 2\n\n");
    expect((await events.next()).value).toEqual(["2"]);
    expect((await events.next()).done).toBe(true);
  });
});
