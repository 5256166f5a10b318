import { resolve } from "node:path";
import {
  type OpenAISimulator,
  startAnthropicSimulator,
  startOpenAISimulator,
  startSimulator,
} from "axio-simulator";
import { build } from "esbuild";
import { FULL_RUN } from "test-support/requirements";
import { expect, it } from "vitest";
import { describeInChromium, type Tabs } from "./support/chromium.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** A program of a web page: it streams a run with a tool, then an abort, then an error, and returns what it saw. */
const PROGRAM = `
  import { Agent, defineTool } from "axio";
  import { OpenAITransport } from "axio-transport-openai/edge";
  import { AnthropicTransport } from "axio-transport-anthropic/edge";
  import { CodexTransport } from "axio-transport-codex/edge";

  const transports = { OpenAITransport, AnthropicTransport, CodexTransport };
  const add = defineTool({
    name: "add",
    description: "Adds two numbers.",
    inputSchema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } },
    execute: ({ a, b }) => String(a + b),
  });

  export async function run(name, options, secret) {
    const calls = [];
    const provide = () => (calls.push(1), secret);
    const key = name === "CodexTransport" ? { credentials: provide } : { apiKey: provide };
    const transport = new transports[name]({ ...options, ...key, retry: { maxRetries: 0 } });
    const agent = new Agent({ transport, tools: [add] });
    const { text } = await agent.run('call add {"a":2,"b":3}\\nthen\\nsay It is {{result 1}}.');
    const stream = agent.runStream("say One\\nwait 60s\\nsay Two");
    const aborted = await (async () => {
      for await (const event of stream) if (event.type === "text-delta") stream.abort();
    })().catch((error) => error.code);
    const failed = await agent.run("fail server_error").catch((error) => error.code);
    return { text, aborted, failed, asked: calls.length };
  }
`;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "program",
    platform: "browser",
    target: "es2022",
    conditions: ["axio-source"],
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

describeInChromium("transports in a web page", [FULL_RUN], (tabs) => {
  it("stream from OpenAI, Claude and the Codex backend with a key of a function", async () => {
    await using openai = await startOpenAISimulator({ cors: true });
    await using anthropic = await startAnthropicSimulator({ cors: true });
    await using codex = await startSimulator({ cors: true });
    const { accessToken, accountId } = codex.issueCredentials();
    const page = await openPage(tabs, openai);
    const run = (name: string, options: object, secret: unknown): Promise<unknown> =>
      page.evaluate(
        ([transport, given, key]) =>
          (globalThis as unknown as { program: { run: (...args: unknown[]) => unknown } }).program.run(
            transport,
            given,
            key,
          ),
        [name, options, secret] as const,
      );
    const expected = { text: "It is 5.", aborted: "aborted", failed: "server" };
    const ofOpenAI = { baseUrl: openai.baseUrl, model: "gpt-4.1", api: "responses" };
    expect(await run("OpenAITransport", ofOpenAI, openai.apiKey)).toMatchObject(expected);
    expect(await run("OpenAITransport", { ...ofOpenAI, api: "chat" }, openai.apiKey)).toMatchObject(expected);
    expect(await run("AnthropicTransport", { baseUrl: anthropic.baseUrl }, anthropic.apiKey)).toMatchObject(
      expected,
    );
    expect(await run("CodexTransport", { baseUrl: codex.baseUrl }, { accessToken, accountId })).toMatchObject(
      expected,
    );
  });
});

/** Opens a page of another origin that has the program. */
async function openPage(tabs: Tabs, { origin }: OpenAISimulator) {
  const { page } = await tabs.open();
  await page.goto(`${origin.replace("127.0.0.1", "localhost")}/`);
  await page.addScriptTag({ content: await bundle() });
  return page;
}
