import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { FIXTURES } from "test-support/fixtures";
import { needs, RECORDINGS } from "test-support/requirements";
import { describe, expect, test } from "vitest";
import { connect, gateway, responseId, type TestGateway } from "./support.ts";

// The requirements of the Open Responses specification (https://www.openresponses.org), tested against its API description.

const MODEL = "gpt-5.5";
const PNG =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PDF = `data:application/pdf;base64,${Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64")}`;
const TOOL = {
  type: "function",
  name: "get_weather",
  parameters: { type: "object", properties: { location: { type: "string" } }, required: ["location"] },
};
const CALL = 'call get_weather {"location":"Oslo"}\nthen\nsay It is {{result 1}}.';

const schema = RECORDINGS.isMet ? readSchema() : undefined;

describe("Open Responses", needs(RECORDINGS), () => {
  test.each<[string, JsonObject]>([
    ["one message", { input: [{ type: "message", role: "user", content: "say Hello." }] }],
    [
      "assistant messages with phases",
      {
        input: [
          { type: "message", role: "user", content: "Hi" },
          { type: "message", role: "assistant", phase: "commentary", content: "One moment." },
          { type: "message", role: "assistant", phase: "final_answer", content: "Hello." },
          { type: "message", role: "user", content: "say Again." },
        ],
      },
    ],
    [
      "a system message",
      {
        input: [
          { type: "message", role: "system", content: "Be brief." },
          { type: "message", role: "user", content: "say Hello." },
        ],
      },
    ],
    [
      "an image",
      {
        input: [
          {
            type: "message",
            role: "user",
            content: [
              { type: "input_text", text: "say Seen." },
              { type: "input_image", image_url: PNG },
            ],
          },
        ],
      },
    ],
    [
      "a file",
      {
        input: [
          {
            type: "message",
            role: "user",
            content: [
              { type: "input_text", text: "say Read." },
              { type: "input_file", filename: "a.pdf", file_data: PDF },
            ],
          },
        ],
      },
    ],
    [
      "several turns with plain strings",
      {
        input: [
          { type: "message", role: "user", content: "My name is Ada." },
          { type: "message", role: "assistant", content: "Hello Ada." },
          { type: "message", role: "user", content: "say Ada." },
        ],
      },
    ],
  ])("%s: the response is completed and has output", async (_, body) => {
    const response = await create(await gateway(), body);
    expect(response["status"]).toBe("completed");
    expect(response["output"]).not.toEqual([]);
  });

  test("a function is called", async () => {
    const response = await create(await gateway(), { input: CALL, tools: [TOOL] });
    expect(JSON.stringify(response["output"])).toContain('"function_call"');
  });

  test("a function is called by name, and its result continues the response", async () => {
    const running = await gateway();
    const choice = { type: "function", name: "get_weather" };
    const first = await create(running, { input: CALL, tools: [TOOL], tool_choice: choice });
    const call = items(first).find(({ type }) => type === "function_call");
    const output = { type: "function_call_output", call_id: call?.["call_id"] ?? "", output: "sunny" };
    const id = first["id"] ?? "";
    const second = await create(running, { input: [output], previous_response_id: id, tools: [TOOL] });
    expect(JSON.stringify(second["output"])).toContain("It is sunny.");
  });

  test.each([
    ["text", { input: "think Hm.\nsay Hello." }, "response.output_text.delta"],
    ["a tool call", { input: CALL, tools: [TOOL] }, "response.function_call_arguments.done"],
  ])("a stream of %s has valid events only, and completes", async (_, body, expected) => {
    const { send } = await gateway();
    const events = eventsOf(
      await (await send("/v1/responses", { model: MODEL, stream: true, ...body })).text(),
    );
    for (const event of events) assertEvent(event);
    expect(events.at(-1)).toMatchObject({ type: "response.completed", response: { status: "completed" } });
    expect(events.map(({ type }) => type)).toContain(expected);
  });

  test("an event is never cut between two chunks", async () => {
    const { send } = await gateway();
    const body = { model: MODEL, stream: true, input: `say ${"word ".repeat(5_000)}` };
    const response = await send("/v1/responses", body);
    const text = new TextDecoder();
    let all = "";
    for await (const chunk of response.body ?? []) all += text.decode(chunk, { stream: true });
    expect(all.split("\n\n").every((block) => block === "" || /^event: \S+\ndata: .+$/.test(block))).toBe(
      true,
    );
  });

  test("a conversation is compacted to an item that a new one begins with", async () => {
    const running = await gateway();
    const input = [{ type: "message", role: "user", content: "say Short." }];
    const compacted = await json(
      await running.send("/v1/responses/compact", { model: MODEL, input, prompt_cache_key: "k" }),
    );
    assertValid("CompactResource", compacted);
    const [item = {}] = items(compacted);
    expect(item["type"]).toBe("compaction");
    const next = await create(running, {
      input: [item, { type: "message", role: "user", content: "say On." }],
    });
    expect(next["status"]).toBe("completed");
  });

  test("a response is compacted and counted by its id, with its conversation", async () => {
    const { send, simulator } = await gateway();
    const long = `My name is Ada. ${"x ".repeat(2_000)}`;
    const { id } = await json(await send("/v1/responses", { model: MODEL, input: `${long}\nsay Hello.` }));
    const continued = { model: MODEL, previous_response_id: id ?? "" };
    expect((await json(await send("/v1/responses/input_tokens", continued)))["input_tokens"]).toBeGreaterThan(
      500,
    );
    await send("/v1/responses/compact", continued);
    expect(simulator.requests.at(-1)?.body).toContain("My name is Ada.");
    const unknown = { ...continued, previous_response_id: "resp_unknown" };
    for (const path of ["/v1/responses/compact", "/v1/responses/input_tokens"])
      expect((await send(path, unknown)).status).toBe(404);
  });

  test("a compaction names what has no effect", async () => {
    const { send } = await gateway();
    const body = { model: MODEL, input: "say Short.", user: "me" };
    expect((await send("/v1/responses/compact", body)).headers.get("axio-warnings")).toBe("user");
  });

  test("a compaction without a model is refused", async () => {
    const { send } = await gateway();
    expect((await send("/v1/responses/compact", { input: "Hi" })).status).toBe(400);
  });

  describe("over a WebSocket", () => {
    test("a response has valid events only, and completes", async () => {
      const socket = await connect(await gateway());
      const events = await socket.create({ input: "say Hello." });
      for (const event of events) assertEvent(event);
      expect(events.at(-1)).toMatchObject({ type: "response.completed" });
    });

    test("two responses follow one another on one connection", async () => {
      const socket = await connect(await gateway());
      for (const input of ["say One.", "say Two."])
        expect((await socket.create({ input, store: false })).at(-1)).toMatchObject({
          type: "response.completed",
        });
    });

    test("a response that is not stored is continued on its connection, and on no other", async () => {
      const running = await gateway();
      const socket = await connect(running);
      const first = await socket.create({ input: "say One.", store: false });
      const continuation = { input: "say Two.", store: false, previous_response_id: responseId(first) };
      expect((await socket.create(continuation)).at(-1)).toMatchObject({ type: "response.completed" });
      const other = await connect(running);
      expect((await other.create(continuation)).at(-1)).toMatchObject({
        type: "error",
        error: { code: "previous_response_not_found" },
      });
      const recovered = await other.create({ input: "say Three.", store: false });
      expect(recovered.at(-1)).toMatchObject({ type: "response.completed" });
    });

    test("an unknown response cannot be continued", async () => {
      const socket = await connect(await gateway());
      const events = await socket.create({ input: "Hi", previous_response_id: "resp_unknown" });
      expect(events).toMatchObject([{ type: "error", error: { code: "previous_response_not_found" } }]);
    });

    test("a failed continuation forgets the response that it continued", async () => {
      const socket = await connect(await gateway());
      const first = await socket.create({ input: "say One.", store: false });
      const continuation = { store: false, previous_response_id: responseId(first) };
      const lost = { type: "function_call_output", call_id: "call_none", output: "x" };
      expect((await socket.create({ ...continuation, input: [lost] })).at(-1)).toMatchObject({
        type: "error",
      });
      expect((await socket.create({ ...continuation, input: "Hi" })).at(-1)).toMatchObject({
        error: { code: "previous_response_not_found" },
      });
    });

    test("a compacted conversation begins a new chain", async () => {
      const running = await gateway();
      const compacted = await json(
        await running.send("/v1/responses/compact", { model: MODEL, input: "say Short." }),
      );
      const socket = await connect(running);
      const input = [...items(compacted), { type: "message", role: "user", content: "say On." }];
      expect((await socket.create({ input, store: false })).at(-1)).toMatchObject({
        type: "response.completed",
      });
    });
  });
});

async function create({ send }: TestGateway, body: JsonObject): Promise<JsonObject> {
  const response = await json(await send("/v1/responses", { model: MODEL, ...body }));
  assertValid("ResponseResource", response);
  return response;
}

async function json(response: Response): Promise<JsonObject> {
  const value: unknown = await response.json();
  if (!isJsonObject(value)) throw new Error("The response is not an object.");
  return value;
}

function items(response: JsonObject): readonly JsonObject[] {
  const { output } = response;
  return Array.isArray(output) ? output.filter(isJsonObject) : [];
}

function eventsOf(text: string): readonly JsonObject[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as JsonObject);
}

function readSchema(): { readonly faultsOf: (reference: string, value: object) => string } {
  const ajv = new Ajv2020.default({ strict: false, logger: false, validateFormats: false });
  const description = JSON.parse(
    readFileSync(join(FIXTURES, "openresponses.openapi.json"), "utf8"),
  ) as JsonValue;
  ajv.addSchema({ $id: "api", ...(withoutDiscriminators(description) as object) });
  return {
    faultsOf: (reference, value) => {
      const check = ajv.getSchema(`api#${reference}`);
      if (check === undefined) throw new Error(`The description has no ${reference}.`);
      return check(value) ? "" : ajv.errorsText(check.errors);
    },
  };
}

/** Members of a union differ by their type, as the description says with keywords that Ajv does not read. */
function withoutDiscriminators(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutDiscriminators);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "discriminator")
      .map(([key, member]) => [key === "oneOf" ? "anyOf" : key, withoutDiscriminators(member)]),
  );
}

function assertValid(name: string, value: object): void {
  expect(schema?.faultsOf(`/components/schemas/${name}`, value)).toBe("");
}

function assertEvent(event: object): void {
  const path = "/paths/~1responses/post/responses/200/content/text~1event-stream/schema";
  expect(schema?.faultsOf(path, event), JSON.stringify(event)).toBe("");
}
