import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { type Simulator, type SimulatorOptions, startSimulator } from "../src/index.ts";

type Message = Record<string, unknown> & { readonly type: string };

const BODY = {
  type: "response.create",
  model: "gpt-5.5",
  instructions: "You are a test.",
  tools: [],
  store: false,
  stream: true,
};
const user = (text: string): object => ({ role: "user", content: [{ type: "input_text", text }] });

async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator(options);
  onTestFinished(() => simulator.close());
  return simulator;
}

function dial(simulator: Simulator, headers: Record<string, string> = {}): WebSocket {
  const { accessToken, accountId } = simulator.issueCredentials();
  const webSocket = new WebSocket(`${simulator.baseUrl.replace("http", "ws")}/responses`, {
    headers: {
      authorization: `Bearer ${accessToken}`,
      "chatgpt-account-id": accountId,
      "openai-beta": "responses_websockets=2026-02-06",
      ...headers,
    },
  });
  webSocket.on("error", () => undefined);
  onTestFinished(() => webSocket.terminate());
  return webSocket;
}

async function open(simulator: Simulator): Promise<WebSocket> {
  const webSocket = dial(simulator);
  await once(webSocket, "open");
  return webSocket;
}

/** The messages of one response. */
function ask(webSocket: WebSocket, message: object): Promise<Message[]> {
  return new Promise((resolve) => {
    const answer: Message[] = [];
    const receive = (data: WebSocket.RawData): void => {
      const event = JSON.parse(data.toString()) as Message;
      answer.push(event);
      if (!["error", "response.completed", "response.failed"].includes(event.type)) return;
      webSocket.off("message", receive);
      resolve(answer);
    };
    webSocket.on("message", receive);
    webSocket.send(JSON.stringify(message));
  });
}

function idOf(answer: readonly Message[]): unknown {
  return (answer.at(-1)?.["response"] as { readonly id?: unknown } | undefined)?.id;
}

test.each<[number, SimulatorOptions, Record<string, string>]>([
  [401, {}, { authorization: "Bearer no" }],
  [403, {}, { "chatgpt-account-id": "another" }],
  [400, {}, { "openai-beta": "responses_websockets=2025-01-01" }],
  [426, { webSocket: false }, {}],
])("an upgrade is answered with %i", async (status, options, headers) => {
  const simulator = await simulate(options);
  const webSocket = dial(simulator, headers);
  const [, response] = await once(webSocket, "unexpected-response");
  expect(response.statusCode).toBe(status);
  response.destroy();
});

test("a warm-up has an id from which a turn continues, and the next from that", async () => {
  const webSocket = await open(await simulate());
  const warmUp = await ask(webSocket, { ...BODY, generate: false, input: [] });
  expect(warmUp.map(({ type }) => type)).toEqual([
    "response.created",
    "response.in_progress",
    "response.completed",
  ]);
  const turn = await ask(webSocket, {
    ...BODY,
    previous_response_id: idOf(warmUp),
    input: [user('call run {"a":1}\nthen\nsay It printed {{result 1}}')],
    tools: [{ type: "function", name: "run", parameters: { type: "object", properties: {} }, strict: false }],
  });
  const call = turn.find(({ type }) => type === "response.output_item.done")?.["item"] as { call_id: string };
  const result = await ask(webSocket, {
    ...BODY,
    previous_response_id: idOf(turn),
    input: [{ type: "function_call_output", call_id: call.call_id, output: "42" }],
  });
  expect(JSON.stringify(result)).toContain("It printed 42");
});

test("a turn continues from any output, whatever its items", async () => {
  const webSocket = await open(await simulate());
  const script = "think Hm\nsearch cats\ncite https://a.test It rains\ndraw rain\nrefuse No";
  const first = await ask(webSocket, { ...BODY, input: [user(script)] });
  const next = { ...BODY, previous_response_id: idOf(first), input: [user("say On")] };
  expect(JSON.stringify(await ask(webSocket, next))).toContain("response.completed");
});

test("limits, turn state and the list's ETag come in messages", async () => {
  const webSocket = await open(await simulate());
  const answer = await ask(webSocket, { ...BODY, input: [user("say Hi")] });
  expect(answer.slice(0, 3)).toMatchObject([
    { type: "codex.rate_limits", rate_limits: { primary: { used_percent: 12 } } },
    { type: "codex.response.metadata", headers: { "x-models-etag": expect.any(String) } },
    { type: "response.metadata", headers: { "x-codex-turn-state": expect.any(String) } },
  ]);
});

test("knows only the last response of the same connection, and none after an error", async () => {
  const simulator = await simulate();
  const webSocket = await open(simulator);
  const first = await ask(webSocket, { ...BODY, input: [user("say One")] });
  const second = await ask(webSocket, { ...BODY, input: [user("say Two")] });
  const goOn = (id: unknown): object => ({ ...BODY, previous_response_id: id, input: [user("say On")] });
  const lost = [{ type: "error", status: 400, error: { code: "previous_response_not_found" } }];
  expect(await ask(await open(simulator), goOn(idOf(second)))).toMatchObject(lost);
  expect(await ask(webSocket, goOn(idOf(first)))).toMatchObject(lost);
  expect(await ask(webSocket, goOn(idOf(second)))).toMatchObject(lost);
});

test.each<[object, object]>([
  [{ ...BODY, type: "response.append", input: [] }, { status: 400 }],
  [{ ...BODY, generate: true, input: [] }, { status: 400 }],
  [
    { ...BODY, input: "Hi" },
    { status: 400, error: { message: "Input must be a list" } },
  ],
  [
    { ...BODY, model: "none", input: [] },
    { status: 400, error: { type: "invalid_request_error" } },
  ],
  [{ ...BODY, temperature: 1, input: [] }, { status: 400 }],
  [
    { ...BODY, input: [user("fail usage_limit_reached")] },
    { status: 429, error: { type: "usage_limit_reached" }, headers: { "x-codex-active-limit": "codex" } },
  ],
])("%j is answered with an error that wraps status and headers", async (message, expected) => {
  const webSocket = await open(await simulate());
  expect(await ask(webSocket, message)).toMatchObject([{ type: "error", ...expected }]);
});

test.each<[string, () => string | Buffer, number]>([
  ["bytes", () => Buffer.from("{}"), 1003],
  ["a second message during a response", () => JSON.stringify({ ...BODY, input: [] }), 1008],
])("%s: the connection is closed", async (_, make, code) => {
  const webSocket = await open(await simulate());
  webSocket.send(JSON.stringify({ ...BODY, input: [user("say Hi\nfail stall at=text")] }));
  webSocket.send(make());
  expect((await once(webSocket, "close"))[0]).toBe(code);
});

test("a fault closes with its code", async () => {
  const webSocket = await open(await simulate());
  webSocket.send(JSON.stringify({ ...BODY, input: [user("say Hi\nfail close code=1012")] }));
  expect((await once(webSocket, "close"))[0]).toBe(1012);
});
