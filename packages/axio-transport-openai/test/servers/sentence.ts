import type { AxioError, Block, JsonObject, ToolDefinition } from "axio";
import { expect } from "vitest";
import type { ServerId } from "../../src/index.ts";
import { chunk, failure } from "./harness.ts";

/** A sentence of docs/servers.md, and the test that backs it. */
export interface Sentence {
  readonly text: string;
  readonly check: () => Promise<void>;
}

/** The section of a server, or of all of them. */
export interface Section {
  readonly server: ServerId | undefined;
  readonly title: string;
  readonly sentences: readonly Sentence[];
}

const TOOL: ToolDefinition = {
  name: "look_up",
  description: "Looks up",
  inputSchema: {
    type: "object",
    properties: { q: { type: "string", const: "a" } },
    required: ["q"],
    additionalProperties: false,
  },
};
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
export const IMAGE: Block = {
  type: "image",
  mediaType: "image/png",
  source: { kind: "base64", data: PIXEL },
};
export const LINKED: Block = {
  type: "image",
  mediaType: "image/png",
  source: { kind: "url", url: "https://example.com/a.png" },
};
export const WITH_TOOL = { tools: [TOOL] };

export function toolCall(more: object = {}, args = '{"q":"a"}'): JsonObject {
  const one = {
    index: 0,
    id: "call_1",
    type: "function",
    function: { name: "look_up", arguments: args },
    ...more,
  };
  return chunk({ tool_calls: [one as unknown as JsonObject] });
}

export const CALL_ENDS = [chunk({}, "tool_calls"), "[DONE]"];

export function messages(body: JsonObject): readonly JsonObject[] {
  return body["messages"] as unknown as readonly JsonObject[];
}

export function says(text: string, check: () => Promise<void>): Sentence {
  return { text, check };
}

/** A sentence about the code of an error. */
export function errors(
  text: string,
  server: ServerId,
  reply: { readonly status: number; readonly body: unknown },
  expected: { readonly code: AxioError["code"]; readonly words?: string; readonly requests: number },
): Sentence {
  return says(text, async () => {
    const { error, sent } = await failure(server, { replies: [reply] });
    expect(error.code).toBe(expected.code);
    expect(error.message).toContain(expected.words ?? "");
    expect(sent).toHaveLength(expected.requests);
  });
}

export const fault = (message: string, more: object = {}): object => ({ error: { message, ...more } });
