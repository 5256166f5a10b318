import http from "node:http";
import { Agent } from "axio";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { simulate, transportTo } from "./support.ts";

const { stackTraceLimit } = Error;

beforeEach(() => {
  Error.stackTraceLimit = Number.POSITIVE_INFINITY;
});

afterEach(() => {
  Error.stackTraceLimit = stackTraceLimit;
  vi.restoreAllMocks();
});

/** The functions of our packages in the current asynchronous stack, outermost first. */
function callPath(): readonly string[] {
  const lines = new Error().stack?.split("\n") ?? [];
  return lines
    .flatMap(
      (line) => /at (?:async )?(?<name>\S+) \(.*\/packages\/[^/]+\/src\//.exec(line)?.groups?.["name"] ?? [],
    )
    .reverse();
}

/** The part of a path that begins with the transport. */
function fromTransport(path: readonly string[]): readonly string[] {
  return path.slice(path.indexOf("CodexTransport.#stream"));
}

test("a call over server-sent events takes five steps from the transport to fetch", async () => {
  const simulator = await simulate();
  const paths: (readonly string[])[] = [];
  const transport = transportTo(simulator, {
    fetch: (input, init) => {
      paths.push(callPath());
      return fetch(input, init);
    },
  });
  for await (const _ of new Agent({ transport }).runStream("say Hello"));
  expect(paths).toHaveLength(1);
  const [path = []] = paths;
  expect(fromTransport(path)).toEqual([
    "CodexTransport.#stream",
    "retryStream",
    "HttpConnection.open",
    "authorizedRequest",
    "sendStreamingRequest",
  ]);
  expect(path.length).toBeLessThanOrEqual(8);
});

test("the upgrade to a WebSocket takes two steps more", async () => {
  const simulator = await simulate();
  const paths: (readonly string[])[] = [];
  const { request } = http;
  vi.spyOn(http, "request").mockImplementation((...args: Parameters<typeof request>) => {
    paths.push(callPath());
    return request(...args);
  });
  using transport = transportTo(simulator, { transport: "websocket" });
  for await (const _ of new Agent({ transport }).runStream("say Hello"));
  expect(paths).toHaveLength(1);
  expect(fromTransport(paths[0] ?? [])).toEqual([
    "CodexTransport.#stream",
    "retryStream",
    "WebSocketConnection.#open",
    "authorizedRequest",
    "#send",
    "sendRequest",
    "webSocketFetch",
  ]);
});
