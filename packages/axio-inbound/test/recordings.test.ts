import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import { AxioError, isJsonObject, type JsonObject, type TransportEvent } from "axio";
import { createResponseDecoder } from "axio-responses";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import { blocksIn, decodeAll } from "test-support/decode-response";
import { recordings } from "test-support/fixtures";
import { describe, expect, test } from "vitest";
import { readResponsesRequest } from "../src/index.ts";
import { asLines, toChat, toMessages, toResponses } from "./encode.ts";

const complete = recordings().filter(({ events }) => events.at(-1)?.["type"] !== "response.failed");

/** The finished items of a recording. */
function itemsOf(events: readonly JsonObject[]): readonly JsonObject[] {
  return events
    .filter(({ type }) => type === "response.output_item.done")
    .map(({ item }) => item)
    .filter(isJsonObject);
}

/** An item without its id, and without members that may be left out. */
function comparable(item: JsonObject): JsonObject {
  const { id, status, internal_chat_message_metadata_passthrough, ...rest } = item;
  const content = Array.isArray(rest["content"]) ? { content: rest["content"].map(withoutLogprobs) } : {};
  return { ...rest, ...content };
}

function withoutLogprobs(part: JsonObject[string]): JsonObject[string] {
  if (!isJsonObject(part)) return part;
  const { logprobs: _, ...rest } = part;
  return rest;
}

function customTools(recorded: readonly JsonObject[]): readonly JsonObject[] {
  return itemsOf(recorded).flatMap(({ type, name = "" }) =>
    type === "custom_tool_call" ? [{ type: "custom", name }] : [],
  );
}

function terminalsIn(events: readonly JsonObject[]): readonly unknown[] {
  return events.map(({ type }) => type).filter((type) => type === "response.completed");
}

describe.each(complete.map(({ name, events }) => [name, events] as const))("%s", (_, recorded) => {
  const response = decodeAll(recorded);

  test("comes out of the Responses API as it went in, up to ids", () => {
    const { encoder, events } = toResponses(response, { tools: customTools(recorded) });
    expect(encoder.items.map(comparable)).toEqual(itemsOf(recorded).map(comparable));
    const again = decodeAll(events);
    expect(blocksIn(again).map(({ type }) => type)).toEqual(blocksIn(response).map(({ type }) => type));
    expect(textOf(again)).toBe(textOf(response));
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((__, index) => index));
  });

  test("is read back from its own output items", () => {
    const { encoder } = toResponses(response);
    const { request } = readResponsesRequest({
      model: "gpt-5.5",
      input: [{ role: "user", content: "Hi" }, ...encoder.items],
    });
    const read = request.messages.slice(1).flatMap(({ content }) => content);
    expect(read.map(({ type }) => type)).toEqual(blocksIn(response).map(({ type }) => type));
  });

  test("is folded by OpenAI's client to the chat completion that we fold", async () => {
    const { encoder, events } = toChat(response);
    const folded = await ChatCompletionStream.fromReadableStream(asLines(events)).finalChatCompletion();
    const expected = JSON.parse(JSON.stringify(encoder.completion)) as {
      choices: { message: Record<string, unknown> }[];
    };
    // Members that the API does not have: the client keeps the last value of each.
    const { annotations, images, reasoning_content, ...message } = expected.choices[0]?.message ?? {};
    expect(JSON.parse(JSON.stringify(folded.choices[0]?.message))).toMatchObject(withoutNulls(message));
    expect(folded.usage).toEqual((encoder.completion as { usage?: unknown }).usage);
  });

  test("is folded by Anthropic's client to the message that we fold", async () => {
    const { encoder, events } = toMessages(response);
    const folded = await MessageStream.fromReadableStream(asLines(events)).finalMessage();
    expect(JSON.parse(JSON.stringify(folded))).toMatchObject(JSON.parse(JSON.stringify(encoder.message)));
  });

  test("is an error in every API wherever it is cut", () => {
    for (let cut = 0; cut < recorded.length; cut += Math.max(1, Math.floor(recorded.length / 25))) {
      const decoder = createResponseDecoder();
      const out: TransportEvent[] = [];
      let error: unknown;
      try {
        for (const event of recorded.slice(0, cut)) decoder.decode(event, out);
        decoder.end();
      } catch (thrown) {
        error = thrown;
      }
      expect(AxioError.is(error)).toBe(true);
      const responses = toResponses(out);
      const failed = responses.encoder.fail(error).map(({ type }) => type);
      expect(failed).toEqual(["response.failed", "error"]);
      expect(terminalsIn(responses.events)).toEqual([]);
      expect(toChat(out).encoder.fail(error)[0]).toHaveProperty("error.message");
      expect(toMessages(out).encoder.fail(error)[0]).toMatchObject({
        type: "error",
        error: { type: "api_error" },
      });
      expect(toMessages(out).events.some(({ type }) => type === "message_stop")).toBe(false);
    }
  });
});

function textOf(events: readonly TransportEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");
}

function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== null && member !== undefined),
  );
}
