import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { Agent, type CompletionTransport, defineTool, MemoryContextStore } from "axio";
import { fromUIMessages, toUIMessageStreamResponse } from "axio-ai-sdk/ui";
import { startOpenAISimulator } from "axio-simulator";
import { OpenAITransport } from "axio-transport-openai";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { FULL_RUN } from "test-support/requirements";
import { expect, it, onTestFinished } from "vitest";
import { describeInChromium, type Tabs } from "./support/chromium.ts";

/** A chat page as the documentation of the AI SDK shows it. */
const PAGE = `
  import { useChat } from "@ai-sdk/react";
  import { useState } from "react";
  import { createRoot } from "react-dom/client";

  function Part({ part }) {
    if (part.type === "text") return <span>{part.text}</span>;
    if (part.type === "reasoning") return <i>{part.text}</i>;
    if (part.type.startsWith("tool-") || part.type === "dynamic-tool")
      return <code data-state={part.state}>{JSON.stringify([part.input, part.output])}</code>;
    return null;
  }

  function Chat() {
    const [input, setInput] = useState("");
    const { messages, sendMessage, stop, status, error } = useChat();
    return (
      <main>
        {messages.map(({ id, role, parts }) => (
          <p key={id} className={role}>{parts.map((part, index) => <Part key={index} part={part} />)}</p>
        ))}
        <output>{status}</output>
        <strong>{error?.message}</strong>
        <form onSubmit={(event) => { event.preventDefault(); sendMessage({ text: input }); setInput(""); }}>
          <textarea value={input} onChange={(event) => setInput(event.target.value)} />
          <button type="submit">Send</button>
        </form>
        <button type="button" onClick={stop}>Stop</button>
      </main>
    );
  }

  createRoot(document.body).render(<Chat />);
`;

const add = defineTool({
  name: "add",
  description: "Adds two numbers.",
  inputSchema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
  execute: ({ a, b }) => String(Number(a) + Number(b)),
});

async function script(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: resolve(import.meta.dirname, "../.."), loader: "jsx" },
    jsx: "automatic",
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** Serves the page and its endpoint, which runs an agent with the transport. */
async function serve(transport: CompletionTransport): Promise<string> {
  const code = await script();
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/page.js")
      return new Response(code, { headers: { "content-type": "text/javascript" } });
    if (pathname !== "/api/chat")
      return new Response('<!doctype html><title>Chat</title><body></body><script src="/page.js"></script>', {
        headers: { "content-type": "text/html" },
      });
    const { messages } = (await request.json()) as { readonly messages: readonly unknown[] };
    const history = fromUIMessages(messages);
    const context = new MemoryContextStore();
    await context.append(history.slice(0, -1));
    const agent = new Agent({ transport, tools: [add] });
    const stream = agent.runStream(history.at(-1)?.content ?? [], { context, signal: request.signal });
    return toUIMessageStreamResponse(stream);
  };
  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false })).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  onTestFinished(
    () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function send(page: Page, text: string): Promise<void> {
  await page.fill("textarea", text);
  await page.click("button[type=submit]");
}

async function openChat(tabs: Tabs) {
  const simulator = await startOpenAISimulator();
  onTestFinished(() => simulator.close());
  const { baseUrl, apiKey } = simulator;
  const transport = new OpenAITransport({ baseUrl, apiKey, model: "gpt-4.1", retry: { maxRetries: 0 } });
  const { page, complaints } = await tabs.open();
  await page.goto(await serve(transport));
  return { page, complaints, simulator };
}

describeInChromium("useChat of the AI SDK with toUIMessageStreamResponse", [FULL_RUN], (tabs) => {
  it("shows text while it streams, and continues the conversation", async () => {
    const { page, complaints, simulator } = await openChat(tabs);
    simulator.responses.add("Hello from the simulator.");
    await send(page, "Hi");
    await page.getByText("Hello from the simulator.").waitFor();
    await page.locator("output", { hasText: "ready" }).waitFor();
    simulator.responses.add("Again.");
    await send(page, "And now?");
    await page.getByText("Again.").waitFor();
    expect(simulator.requests.at(-1)?.body).toContain("Hello from the simulator.");
    expect(await page.locator("p").allTextContents()).toEqual([
      "Hi",
      "Hello from the simulator.",
      "And now?",
      "Again.",
    ]);
    expect(complaints).toEqual([]);
  });

  it("shows a tool call with its input and output", async () => {
    const { page, simulator } = await openChat(tabs);
    simulator.responses.add({ toolCalls: [{ name: "add", input: { a: 2, b: 3 } }] }, "It is {{result 1}}.");
    await send(page, "What is 2 + 3?");
    await page.getByText("It is 5.").waitFor();
    const call = page.locator("code");
    expect(await call.getAttribute("data-state")).toBe("output-available");
    expect(await call.textContent()).toBe('[{"a":2,"b":3},"5"]');
  });

  it("stops the run of the server", async () => {
    const { page, simulator } = await openChat(tabs);
    await send(page, "say One.\nwait 60s\nsay Two.");
    await page.getByText("One.").last().waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator("output", { hasText: "ready" }).waitFor();
    await expect.poll(() => simulator.stats.openStreams).toBe(0);
  });

  it("shows an error that is meant for users", async () => {
    const { page, simulator } = await openChat(tabs);
    simulator.responses.add({ fault: "insufficient_quota" });
    await send(page, "Hi");
    await page.locator("output", { hasText: "error" }).waitFor();
    const message = await page.locator("strong").textContent();
    expect(message).not.toBe("");
    expect(message).not.toContain("127.0.0.1");
  });
});
