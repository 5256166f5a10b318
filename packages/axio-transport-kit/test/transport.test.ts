import {
  type AxioError,
  assistantMessage,
  type Block,
  type JsonObject,
  type ToolDefinition,
  userMessage,
} from "axio";
import { expect, test } from "vitest";
import { ApiService, responsesWire } from "../src/index.ts";
import {
  asking,
  COMPLETED,
  configOf,
  fails,
  outcomeOf,
  says,
  sessionOf,
  startApi,
  streams,
  TICKET,
  transportTo,
} from "./support/responses-api.ts";

function typesOf(events: readonly { readonly type: string }[]): string {
  return events.map(({ type }) => type).join(" ");
}

const OVERLOADED = fails(503, { code: "server_is_overloaded" });

test("a service that is only data gets requests with its headers, and its events come back", async () => {
  const api = await startApi(streams([...says("Hello"), COMPLETED]));
  const { events, error } = await outcomeOf(transportTo(api).stream(asking({ conversationId: "c-1" })));
  expect(error).toBeUndefined();
  expect(typesOf(events)).toBe("rate-limits text-delta block-end step-end");
  const [call] = api.calls();
  expect(call?.headers).toMatchObject({
    authorization: "Bearer old",
    "x-gate": "west",
    "x-conversation": "c-1",
    accept: "text/event-stream",
  });
  expect(call?.body).toMatchObject({ model: "large", instructions: "Be brief.", prompt_cache_key: "c-1" });
});

test("a conversation id that services reject is replaced by a hash, always the same", async () => {
  const api = await startApi(streams([COMPLETED]));
  const transport = transportTo(api);
  for (const conversationId of ["a b", "a b", "b a"])
    await outcomeOf(transport.stream(asking({ conversationId })));
  const [first, second, other] = api.calls().map(({ headers }) => headers["x-conversation"]);
  expect(first).toMatch(/^[\w-]{43}$/);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

test("failures before the first event are invisible, rate limits included", async () => {
  const failed = { type: "response.failed", response: { error: { code: "server_error" } } };
  const api = await startApi(OVERLOADED, streams([failed]), streams([...says("Hello"), COMPLETED]));
  const { events, error } = await outcomeOf(transportTo(api).stream(asking()));
  expect(error).toBeUndefined();
  expect(typesOf(events)).toBe("rate-limits text-delta block-end step-end");
  expect(api.calls()).toHaveLength(3);
});

test("after the first event a retry names the blocks to discard", async () => {
  const api = await startApi(streams(says("Hel"), "cut"), streams([...says("Hello"), COMPLETED]));
  const { events } = await outcomeOf(transportTo(api).stream(asking()));
  expect(typesOf(events)).toBe(
    "rate-limits text-delta block-end retry rate-limits text-delta block-end step-end",
  );
  expect(events[3]).toMatchObject({ attempt: 1, discardedBlocks: [0], error: { code: "network" } });
});

test("the rate limits of a failed request come before its error, and with it", async () => {
  const api = await startApi(fails(429, { code: "usage_limit_reached" }, { "x-limit": "100" }));
  const transport = transportTo(api);
  const { events, error } = await outcomeOf(transport.stream(asking()));
  const rateLimits = { limits: [{ id: "gate", windows: [{ usedPercent: 100 }] }] };
  expect(events).toEqual([{ type: "rate-limits", rateLimits }]);
  expect(error).toMatchObject({ code: "usage-limit", details: { rateLimits } });
  expect(transport.rateLimits).toEqual(rateLimits);
});

test("a 401 is answered with refreshed credentials, without a retry", async () => {
  const api = await startApi(fails(401), streams([...says("Hello"), COMPLETED]));
  const { events, error } = await outcomeOf(transportTo(api, { retry: { maxRetries: 0 } }).stream(asking()));
  expect(error).toBeUndefined();
  expect(typesOf(events)).not.toContain("retry");
  expect(api.calls().map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
});

test("a 401 that newer credentials cannot solve is the error", async () => {
  const api = await startApi(fails(401, { code: "unknown_gate", message: "Which gate?" }));
  const config = { mayRefresh: ({ details }: AxioError) => details.peerCode !== "unknown_gate" };
  const { error } = await outcomeOf(transportTo(api, {}, config).stream(asking()));
  expect(error).toMatchObject({ code: "unauthenticated", message: expect.stringContaining("Which gate?") });
  expect(api.calls()).toHaveLength(1);
});

test("encrypted reasoning that the service cannot read is dropped, and the call repeated at once", async () => {
  const rejected = fails(400, { code: "invalid_encrypted_content" });
  const api = await startApi(rejected, streams([...says("Hello"), COMPLETED]), rejected);
  const transport = transportTo(api, { retry: { maxRetries: 0 } });
  const reasoning: Block = {
    type: "reasoning",
    text: "Hm",
    providerData: { responses: { item: { type: "reasoning", encrypted_content: "sealed" } } },
  };
  const request = asking({
    messages: [assistantMessage([reasoning, { type: "text", text: "Ah" }]), userMessage("Hi")],
  });
  expect((await outcomeOf(transport.stream(request))).error).toBeUndefined();
  const inputs = api.calls().map(({ body }) => JSON.stringify(body["input"]));
  expect(inputs.map((input) => input.includes("sealed"))).toEqual([true, false]);
  // There is nothing left to drop.
  expect((await outcomeOf(transport.stream(request))).error?.details.peerCode).toBe(
    "invalid_encrypted_content",
  );
  expect(api.calls()).toHaveLength(3);
});

test("reasoning of another account stays out of a request", async () => {
  const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed" };
  const done = { type: "response.output_item.done", output_index: 0, item: reasoning };
  const api = await startApi(streams([done, ...says("Hello"), COMPLETED]));
  const { events } = await outcomeOf(transportTo(api).stream(asking()));
  const blocks = events.flatMap((event) => (event.type === "block-end" ? [event.block] : []));
  const request = asking({ messages: [userMessage("Hi"), assistantMessage(blocks), userMessage("Go on")] });
  await outcomeOf(transportTo(api).stream(request));
  const session = sessionOf({ ...TICKET, gate: "east" });
  await outcomeOf(transportTo(api, {}, { session }).stream(request));
  const [, same, other] = api.calls().map(({ body }) => JSON.stringify(body["input"]));
  expect(same).toContain("sealed");
  expect(other).not.toContain("sealed");
});

test("an event of the service's own is read by its function", async () => {
  const rateLimits = { limits: [{ id: "other", windows: [] }] };
  const api = await startApi(streams([{ type: "gate.limits" }, ...says("Hello"), COMPLETED]));
  const transport = transportTo(
    api,
    {},
    {
      wire: responsesWire({
        readEvent: ({ type }) => (type === "gate.limits" ? { rateLimits } : undefined),
      }),
    },
  );
  const { events } = await outcomeOf(transport.stream(asking()));
  expect(events[1]).toEqual({ type: "rate-limits", rateLimits });
  expect(transport.rateLimits?.limits.map(({ id }) => id)).toEqual(["gate", "other"]);
});

test("the model and the reasoning of a request have priority over the options", async () => {
  const api = await startApi(streams([COMPLETED]));
  const transport = transportTo(api, { reasoning: { effort: "low", context: "all_turns" } });
  await outcomeOf(transport.stream(asking({ model: "small", reasoning: { effort: "high" } })));
  await outcomeOf(transport.stream(asking()));
  expect(api.calls().map(({ body }) => [body["model"], body["reasoning"]])).toEqual([
    ["small", { effort: "high", context: "all_turns" }],
    ["large", { effort: "low", context: "all_turns" }],
  ]);
});

test("a parameter that the service rejects is reported once, and others are sent before the input", async () => {
  const api = await startApi(streams([COMPLETED]));
  const warnings: AxioError[] = [];
  const transport = transportTo(api, {
    parameters: { temperature: 1, metadata: { a: "b" } },
    onWarning: (warning) => warnings.push(warning),
  });
  for (const _ of [1, 2]) await outcomeOf(transport.stream(asking()));
  expect(warnings.map(({ details }) => details.parameter)).toEqual(["temperature"]);
  expect(Object.keys(api.calls()[0]?.body ?? {}).slice(-2)).toEqual(["metadata", "input"]);
  const strict = { strict: true, parameters: { temperature: 1 } };
  expect(() => new ApiService(configOf(api), strict)).toThrow(
    expect.objectContaining({ code: "unsupported-parameter" }),
  );
});

test("class 6: a schema that cannot be enforced is sent without strict and reported once", async () => {
  const api = await startApi(streams([COMPLETED]));
  const warnings: AxioError[] = [];
  const transport = transportTo(api, { onWarning: (warning) => warnings.push(warning) });
  const optional: JsonObject = { type: "object", properties: { a: { type: "string" } } };
  const tool = (name: string, strict: boolean): ToolDefinition => ({
    name,
    description: "",
    inputSchema: structuredClone(optional),
    strict,
  });
  for (const _ of [1, 2]) {
    const tools = [tool("open", true), tool("hint", false)];
    await outcomeOf(
      transport.stream(asking({ tools, outputFormat: { name: "answer", schema: { ...optional } } })),
    );
  }
  const why =
    'is sent without strict: at # the property "a" is optional. Make it required, and allow null for it.';
  expect(warnings.map(({ code, message }) => [code, message])).toEqual([
    ["tool-schema", expect.stringContaining(`The tool "open" ${why}`)],
    ["invalid-argument", expect.stringContaining(`The output schema ${why}`)],
  ]);
  expect(api.calls()[0]?.body).toMatchObject({
    tools: [{ strict: false }, { strict: false }],
    text: { format: { strict: false } },
  });
  const strict = await outcomeOf(
    transportTo(api, { strict: true }).stream(asking({ tools: [tool("open", true)] })),
  );
  expect(strict.error).toMatchObject({ code: "tool-schema" });
  expect(api.calls()).toHaveLength(2);
});

test("a page instead of events is an error, with the rate limits of its headers", async () => {
  const api = await startApi((response) => {
    response.writeHead(200, { "content-type": "text/html", "x-limit": "7" }).end("<title>Hotel</title>");
  });
  const { events, error } = await outcomeOf(transportTo(api).stream(asking()));
  expect(error).toMatchObject({ code: "protocol", message: expect.stringContaining("Hotel") });
  expect(typesOf(events)).toBe("rate-limits");
});

test("a body that stays open after its terminal event is not waited for", async () => {
  const api = await startApi(streams([...says("Hello"), COMPLETED], "open"));
  const { events } = await outcomeOf(transportTo(api, { idleTimeoutMs: 60_000 }).stream(asking()));
  expect(events.at(-1)?.type).toBe("step-end");
});

test("calls one after another share a connection", async () => {
  const api = await startApi(streams([...says("Hello"), COMPLETED], "late-end"));
  const transport = transportTo(api);
  const count = 8;
  for (let call = 0; call < count; call += 1) {
    await outcomeOf(transport.stream(asking()));
    await api.allClosed();
  }
  // A call may begin before the rest of the previous body was read. Then it takes a connection of its own.
  expect(api.sockets.size).toBeLessThan(count / 2);
});

test("leaving the loop closes the connection", async () => {
  const api = await startApi(streams(says("Hello"), "open"));
  for await (const event of transportTo(api).stream(asking())) if (event.type === "text-delta") break;
  await api.allClosed();
});
