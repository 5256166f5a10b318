import { once } from "node:events";
import { createServer } from "node:net";
import { test, vi } from "vitest";

test("leaves a server, and the clock stopped", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.useFakeTimers();
});
