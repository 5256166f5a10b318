import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";

let server: Server;
let timer: NodeJS.Timeout;

beforeAll(async () => {
  server = createServer((_request, response) => response.end("answer"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  timer = setInterval(() => {}, 1_000);
});

afterAll(() => {
  clearInterval(timer);
  // Not awaited: `fetch` still keeps its connection.
  server.close();
});

test("closes everything, the last in its own hook", async () => {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await response.text()).toBe("answer");
  setTimeout(() => {}, 60_000).unref();
});
