import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import * as ai from "ai";
import { Agent } from "axio";
import { codexTransport } from "test-support/codex-transport";
import { expect, onTestFinished, test, vi } from "vitest";
import { fastifyApp } from "../../../examples/chat-endpoints/fastify.ts";
import { chatHandler } from "../../../examples/chat-endpoints/handler.ts";
import { honoApp } from "../../../examples/chat-endpoints/hono.ts";

/** Without them, the adapter replaces `Request` and `Response` of the process. */
const OPTIONS = { overrideGlobalObjects: false };

/** Returns the handler of requests of each framework. */
const FRAMEWORKS: readonly (readonly [string, (agent: Agent) => Promise<RequestListener>])[] = [
  ["a web handler, as in Next.js", async (agent) => getRequestListener(chatHandler(agent), OPTIONS)],
  ["Hono", async (agent) => getRequestListener(honoApp(agent).fetch, OPTIONS)],
  [
    "Express",
    async (agent) => {
      useCommonJs("is-promise");
      return (await import("../../../examples/chat-endpoints/express.ts")).expressApp(agent);
    },
  ],
  [
    "Fastify",
    async (agent) => {
      const app = fastifyApp(agent);
      await app.ready();
      onTestFinished(() => app.close());
      return (request, response) => app.routing(request, response);
    },
  ],
];

/** The condition `import` of the tests has `require` find a module for `import`: here it gets what Node.js would give it. */
function useCommonJs(name: string): void {
  const require = createRequire(createRequire(import.meta.url).resolve("router"));
  const loaded: { readonly default?: unknown } = require(name);
  const entry = require.cache[require.resolve(name)];
  if (entry !== undefined && loaded.default !== undefined) entry.exports = loaded.default;
}

/** Returns the address of a server for a test. */
async function listen(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/chat`;
}

test.each(FRAMEWORKS)(
  "%s: a page has its response, and one that leaves ends the request to the model",
  async (_, listenerOf) => {
    const { transport, simulator } = await codexTransport();
    const api = await listen(await listenerOf(new Agent({ transport })));
    const page = new ai.DefaultChatTransport({ api });
    const send = async (text: string, abortSignal?: AbortSignal) =>
      page.sendMessages({
        chatId: "c",
        trigger: "submit-message",
        messageId: undefined,
        messages: [{ id: "u", role: "user", parts: [{ type: "text", text }] }],
        abortSignal,
      });
    let last: ai.UIMessage | undefined;
    for await (const message of ai.readUIMessageStream({ stream: await send("say Hello.") })) last = message;
    expect(last?.parts.filter(ai.isTextUIPart)).toMatchObject([{ text: "Hello." }]);

    const stop = new AbortController();
    const reader = (await send("say Some text\nfail stall at=text", stop.signal)).getReader();
    await reader.read();
    await vi.waitUntil(() => simulator.stats.openStreams === 1, { timeout: 10_000, interval: 1 });
    stop.abort();
    await vi.waitUntil(() => simulator.stats.openStreams === 0, { timeout: 10_000, interval: 1 });
  },
);
