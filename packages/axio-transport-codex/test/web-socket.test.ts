import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Agent, type AxioError, defineTool, isJsonObject, MemoryContextStore, userMessage } from "axio";
import type { RecordedRequest, Simulator } from "axio-simulator";
import { bundleScript } from "test-support/bundle-script";
import { expect, onTestFinished, test, vi } from "vitest";
import { CodexTransport, type CodexTransportOptions } from "../src/index.ts";
import { asking, collect, connection, failureOf, requestsTo, simulate, textOf } from "./support.ts";

const RUN = {
  name: "run",
  description: "Runs a command.",
  inputSchema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
  execute: () => "42",
} as const;
const run = defineTool(RUN);

/** Returns a transport that uses a WebSocket, and its warnings. */
function webSocketTo(
  simulator: Simulator,
  options: CodexTransportOptions = {},
): { transport: CodexTransport; warnings: AxioError[] } {
  const warnings: AxioError[] = [];
  const transport = new CodexTransport({
    model: "gpt-5.5",
    transport: "websocket",
    onWarning: (warning) => warnings.push(warning),
    ...connection(simulator),
    ...options,
    retry: { baseDelayMs: 1, ...options.retry },
  });
  onTestFinished(() => transport.close());
  return { transport, warnings };
}

function upgrades(simulator: Simulator): readonly RecordedRequest[] {
  return requestsTo(simulator, "/responses").filter(({ method }) => method === "GET");
}

function messages(simulator: Simulator): readonly RecordedRequest[] {
  return simulator.requests.filter(({ method }) => method === "MESSAGE");
}

function posts(simulator: Simulator): readonly RecordedRequest[] {
  return requestsTo(simulator, "/responses").filter(({ method }) => method === "POST");
}

/** Waits until the simulator sees closed sockets, which is a moment after the client. */
async function connectionsFall({ stats }: Simulator, to: number): Promise<void> {
  await vi.waitUntil(() => stats.openConnections <= to, { timeout: 10_000, interval: 1 });
}

function bodyOf(request: RecordedRequest | undefined): Record<string, unknown> & { input: unknown[] } {
  return request?.json as Record<string, unknown> & { input: unknown[] };
}

const TOOL_PROMPT =
  'think I run it\nsay I run it.\ncall run {"command":"x"}\nthen\nthink Good\nsay It printed {{result 1}}';

test.each(["gpt-5.5", "gpt-6.1-sol"])(
  "%s: a conversation has one connection, on which each request has only what is new",
  async (model) => {
    const simulator = await simulate();
    const { transport, warnings } = webSocketTo(simulator, { model });
    const agent = new Agent({ system: "Be brief.", tools: [run], transport });
    const context = new MemoryContextStore();
    expect((await agent.run(TOOL_PROMPT, { context })).text).toBe("It printed 42");
    expect((await agent.run("say Bye", { context })).text).toBe("Bye");
    expect(upgrades(simulator)).toHaveLength(1);
    const [first, second, third] = messages(simulator).map(bodyOf);
    expect(first).not.toHaveProperty("previous_response_id");
    expect(second?.input).toMatchObject([{ type: "function_call_output" }]);
    expect(second?.["previous_response_id"]).toMatch(/^resp_/);
    expect(third?.input).toMatchObject([{ role: "user" }]);
    expect(third?.["previous_response_id"]).not.toBe(second?.["previous_response_id"]);
    expect(posts(simulator)).toHaveLength(0);
    expect(simulator.complaints).toEqual([]);
    expect(warnings).toEqual([]);
  },
);

test.each(["gpt-5.5", "gpt-6.1-sol"])(
  "%s: after a warm-up the first call sends only the message",
  async (model) => {
    const simulator = await simulate();
    const { transport } = webSocketTo(simulator, { model });
    const context = new MemoryContextStore();
    const system = "Be brief.";
    await transport.warmUp({ system, tools: [run], conversationId: context.id });
    expect((await new Agent({ system, tools: [run], transport }).run(TOOL_PROMPT, { context })).text).toBe(
      "It printed 42",
    );
    expect(upgrades(simulator)).toHaveLength(1);
    const [warmUp, first] = messages(simulator).map(bodyOf);
    expect(warmUp).toMatchObject({ generate: false });
    expect(first?.input).toMatchObject([{ role: "user" }]);
    expect(first).toHaveProperty("previous_response_id");
  },
);

test("over server-sent events a warm-up does nothing", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator, { transport: "sse" });
  await transport.warmUp({ system: "", tools: [] });
  expect(simulator.requests).toHaveLength(0);
});

test("a run of 50 steps sends hardly more than its new content", async () => {
  const simulator = await simulate();
  const output = "x".repeat(4_000);
  const tool = defineTool({ ...RUN, execute: () => output });
  const { transport } = webSocketTo(simulator);
  const agent = new Agent({ system: "Be brief.", tools: [tool], transport, maxSteps: 60 });
  const steps = Array.from({ length: 50 }, (_, turn) => `call run {"command":"${turn}"}\nthen`);
  await agent.run([...steps, "say Done"].join("\n"));
  const sent = messages(simulator);
  expect(sent).toHaveLength(51);
  const bytes = sent.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  // The whole first request is new; in the others, the tool result is, which comes last.
  const content = sent.reduce(
    (sum, request, index) =>
      sum + Buffer.byteLength(index === 0 ? request.body : JSON.stringify(bodyOf(request).input.at(-1))),
    0,
  );
  expect(bytes / content).toBeLessThanOrEqual(1.15);
});

test("a changed system prompt, or a changed history, is sent whole over the same connection", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator);
  await textOf(transport.stream(asking("say One", { conversationId: "c" })));
  await textOf(transport.stream(asking("say Two", { conversationId: "c", system: "Another." })));
  await textOf(transport.stream(asking("say Three", { conversationId: "c", system: "Another." })));
  expect(upgrades(simulator)).toHaveLength(1);
  for (const message of messages(simulator))
    expect(bodyOf(message)).not.toHaveProperty("previous_response_id");
});

test("calls of one conversation at the same time do not disturb each other", async () => {
  const simulator = await simulate({ paceMs: 1 });
  const { transport } = webSocketTo(simulator);
  const texts = await Promise.all(
    ["One", "Two", "Three"].map((word) =>
      textOf(transport.stream(asking(`say ${word} and more`, { conversationId: "c" }))),
    ),
  );
  expect(texts).toEqual(["One and more", "Two and more", "Three and more"]);
  await connectionsFall(simulator, 1);
});

test("an upgrade with status 426 leads to server-sent events from then on, with one warning", async () => {
  const simulator = await simulate({ webSocket: false });
  const { transport, warnings } = webSocketTo(simulator);
  expect(await textOf(transport.stream(asking("say One")))).toBe("One");
  expect(await textOf(transport.stream(asking("say Two")))).toBe("Two");
  expect(upgrades(simulator)).toHaveLength(1);
  expect(posts(simulator)).toHaveLength(2);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.message).toContain("server-sent events");
});

test("a WebSocket that fails repeatedly is given up, and the call succeeds", async () => {
  const simulator = await simulate();
  const { transport, warnings } = webSocketTo(simulator);
  simulator.faults.add({ name: "close", at: "text" }, { times: 5 });
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  expect(messages(simulator)).toHaveLength(5);
  expect(posts(simulator)).toHaveLength(1);
  expect(warnings).toHaveLength(1);
});

test("it is given up for the conversation in which it fails, and for all if the next one fails too", async () => {
  const simulator = await simulate();
  const { transport, warnings } = webSocketTo(simulator);
  const ask = (conversationId: string): Promise<string> =>
    textOf(transport.stream(asking("say Hi", { conversationId })));
  const failFor = async (conversationId: string): Promise<void> => {
    simulator.faults.add({ name: "close", at: "text" }, { times: 5 });
    expect(await ask(conversationId)).toBe("Hi");
  };
  await failFor("a");
  expect([messages(simulator).length, posts(simulator).length]).toEqual([5, 1]);
  await ask("a");
  expect(posts(simulator)).toHaveLength(2);
  await ask("b");
  expect([messages(simulator).length, posts(simulator).length]).toEqual([6, 2]);
  await failFor("c");
  await ask("b");
  expect(messages(simulator)).toHaveLength(12);
  await failFor("d");
  await failFor("e");
  const before = messages(simulator).length;
  await ask("b");
  await ask("f");
  expect(messages(simulator)).toHaveLength(before);
  expect(warnings.map(({ message }) => /in this conversation/.test(message))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("an error of the account at the upgrade is thrown, and does not blame the WebSocket", async () => {
  const simulator = await simulate();
  const { transport, warnings } = webSocketTo(simulator);
  simulator.faults.add("usage_limit_reached", { target: "upgrade" });
  expect((await failureOf(collect(transport.stream(asking("say Hi"))))).code).toBe("usage-limit");
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  expect([messages(simulator).length, posts(simulator).length]).toEqual([1, 0]);
  expect(warnings).toEqual([]);
});

test("a connection that closes in the middle is a visible retry, which sends the whole request", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator);
  const agent = new Agent({ tools: [run], transport });
  const context = new MemoryContextStore();
  await agent.run("say Hi", { context });
  simulator.faults.add({ name: "close", at: "text" });
  const events = [];
  for await (const event of agent.runStream("say Again", { context })) events.push(event);
  expect(events.filter(({ type }) => type === "retry")).toMatchObject([{ discardedBlocks: [0] }]);
  const [, second, third] = messages(simulator).map(bodyOf);
  expect(second).toHaveProperty("previous_response_id");
  expect(third).not.toHaveProperty("previous_response_id");
  expect(upgrades(simulator)).toHaveLength(2);
});

test.each(["websocket_connection_limit", "previous_response_not_found", "close_before_headers"])(
  "after %s on a kept connection another one is opened, invisibly and without a retry",
  async (fault) => {
    const simulator = await simulate();
    const { transport } = webSocketTo(simulator, { retry: { maxRetries: 0 } });
    const agent = new Agent({ transport });
    const context = new MemoryContextStore();
    await agent.run("say Hi", { context });
    simulator.faults.add(fault);
    expect((await agent.run("say Again", { context })).text).toBe("Again");
    expect(upgrades(simulator)).toHaveLength(2);
    expect(bodyOf(messages(simulator).at(-1))).not.toHaveProperty("previous_response_id");
  },
);

test("credentials that are rejected at the upgrade are refreshed", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator);
  simulator.expireAccessTokens();
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  expect(simulator.stats.refreshes).toBe(1);
});

test("credentials that are rejected in a message are refreshed", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator, { retry: { maxRetries: 0 } });
  simulator.faults.add("token_expired");
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  expect(simulator.stats.refreshes).toBe(1);
});

test("an error in a message is the same as over HTTP", async () => {
  const simulator = await simulate();
  const { transport, warnings } = webSocketTo(simulator);
  const sse = new CodexTransport({ model: "gpt-5.5", ...connection(simulator) });
  for (const fault of ["usage_limit_reached", "invalid_workspace_selected", "token_expired"]) {
    simulator.faults.add(fault, { times: fault === "token_expired" ? 2 : 1 });
    const ours = await failureOf(collect(transport.stream(asking("say Hi"))));
    simulator.faults.add(fault, { times: fault === "token_expired" ? 2 : 1 });
    const theirs = await failureOf(collect(sse.stream(asking("say Hi"))));
    expect([ours.code, ours.retryable, ours.details.resetsAt]).toEqual([
      theirs.code,
      theirs.retryable,
      theirs.details.resetsAt,
    ]);
  }
  expect(warnings).toEqual([]);
});

test("rate limits and the state of the run come in messages", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator);
  await new Agent({ tools: [run], transport }).run(TOOL_PROMPT);
  expect(transport.rateLimits?.limits[0]?.windows).toHaveLength(2);
  const [first, second] = messages(simulator).map(bodyOf);
  expect(first).not.toHaveProperty("client_metadata");
  expect(second?.["client_metadata"]).toMatchObject({ "x-codex-turn-state": expect.any(String) });
});

test("only a request that is too large for a message is sent over HTTP", async () => {
  const simulator = await simulate();
  const { transport, warnings } = webSocketTo(simulator, { compression: false });
  // The API takes 10,485,760 characters at most in one text.
  const large = [1, 2].map((part) => userMessage(`# note ${part}\n${"x".repeat(9 * 1024 * 1024)}`));
  const request = asking("say Large", { conversationId: "c" });
  expect(await textOf(transport.stream({ ...request, messages: [...large, ...request.messages] }))).toBe(
    "Large",
  );
  expect(await textOf(transport.stream(asking("say Small", { conversationId: "c" })))).toBe("Small");
  expect(posts(simulator)).toHaveLength(1);
  expect(messages(simulator)).toHaveLength(1);
  expect(warnings).toEqual([]);
});

test("aborting, and leaving the loop, close the connection", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator);
  const controller = new AbortController();
  const failure = failureOf(
    (async () => {
      const stream = transport.stream(
        asking("say Some text\nfail stall at=text", { signal: controller.signal }),
      );
      for await (const event of stream) if (event.type === "text-delta") controller.abort();
    })(),
  );
  expect((await failure).code).toBe("aborted");
  for await (const event of transport.stream(asking("say Some text\nfail stall at=text"))) {
    if (event.type === "text-delta") break;
  }
  await connectionsFall(simulator, 0);
  expect(simulator.stats.openStreams).toBe(0);
});

test("an idle connection is a retryable error", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator, { idleTimeoutMs: 200, retry: { maxRetries: 0 } });
  const failure = await failureOf(collect(transport.stream(asking("say Hi\nfail stall at=text"))));
  expect([failure.code, failure.retryable]).toEqual(["stream-idle", true]);
});

test("close closes the kept connections", async () => {
  const simulator = await simulate();
  const { transport } = webSocketTo(simulator);
  for (const conversationId of ["a", "b"]) {
    await textOf(transport.stream(asking("say Hi", { conversationId })));
  }
  expect(simulator.stats.openConnections).toBe(2);
  transport.close();
  await connectionsFall(simulator, 0);
});

test("other credentials get a connection of their own", async () => {
  const simulator = await simulate();
  const credentials = connection(simulator).credentials;
  const { transport } = webSocketTo(simulator, { credentials });
  await textOf(transport.stream(asking("say Hi")));
  const other = simulator.issueCredentials();
  await credentials.update(async () => other);
  await textOf(transport.stream(asking("say Hi")));
  expect(upgrades(simulator).at(-1)?.headers["authorization"]).toBe(`Bearer ${other.accessToken}`);
});

test("auto uses a fetch option for everything", async () => {
  const simulator = await simulate();
  const { transport, warnings } = webSocketTo(simulator, {
    transport: "auto",
    fetch: (input, init) => fetch(input, init),
  });
  expect(await textOf(transport.stream(asking("say Hi")))).toBe("Hi");
  expect(upgrades(simulator)).toHaveLength(0);
  expect(warnings).toEqual([]);
});

test("a kept connection does not keep the process alive", async () => {
  const simulator = await simulate();
  const script = await bundleScript(fileURLToPath(new URL("./support/ask-and-end.ts", import.meta.url)));
  const { accessToken } = simulator.issueCredentials();
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env["PATH"], AXIO_BASE_URL: simulator.baseUrl, AXIO_TOKEN: accessToken },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill();
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  expect(text).toBe("Hi");
  expect(messages(simulator).filter(({ json }) => isJsonObject(json))).toHaveLength(1);
});
