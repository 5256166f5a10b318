import { AxioError, type ErrorCode } from "axio";
import { describe, expect, test } from "vitest";
import {
  adaptDialect,
  classifyChatError,
  DIALECTS,
  type Dialect,
  defineDialect,
  GENERIC_DIALECT,
} from "../src/index.ts";

describe("a dialect", () => {
  test.each(Object.entries({ ...DIALECTS, generic: GENERIC_DIALECT }))(
    "is plain data: %s",
    (_id, dialect) => {
      expect(JSON.parse(JSON.stringify(dialect))).toEqual(
        JSON.parse(JSON.stringify(structuredClone(dialect))),
      );
      for (const { pattern } of dialect.errors)
        if (pattern !== undefined) expect(() => new RegExp(pattern)).not.toThrow();
    },
  );

  test("is made of what differs from another one", () => {
    const dialect = defineDialect(
      { name: "Mine", reasoning: { replay: "reasoning_content" } },
      DIALECTS.vllm,
    );
    expect(dialect).toMatchObject({
      name: "Mine",
      parameters: DIALECTS.vllm.parameters,
      reasoning: { ...DIALECTS.vllm.reasoning, replay: "reasoning_content" },
    });
    expect(defineDialect({})).toEqual(GENERIC_DIALECT);
  });

  test("can hold its own rules for errors", () => {
    const dialect = defineDialect({
      errors: [{ kind: "model", codes: ["e42"], message: "{server} sleeps." }],
    });
    expect(classifyChatError({ error: { code: "E42", message: "" } }, dialect)).toMatchObject({
      code: "model-not-supported",
      message: "The server sleeps.",
    });
  });
});

describe("a refused parameter", () => {
  const refused = (parameter: string, code: ErrorCode = "unsupported-parameter", message = ""): AxioError =>
    new AxioError(code, message, { details: { parameter } });

  test.each<[string, Dialect, AxioError, Partial<Dialect>]>([
    [
      "stream_options of OpenAI",
      DIALECTS.openai,
      refused("stream_options"),
      { streamOptions: { include_usage: true } },
    ],
    ["stream_options", DIALECTS.vllm, refused("stream_options.include_usage"), { streamOptions: undefined }],
    ["parallel_tool_calls", DIALECTS.groq, refused("parallel_tool_calls"), { parameters: ["service_tier"] }],
    [
      "max_completion_tokens",
      DIALECTS.groq,
      refused("max_completion_tokens"),
      { maxTokensParameter: "max_tokens" },
    ],
    ["max_tokens", DIALECTS.vllm, refused("max_tokens"), { maxTokensParameter: "max_completion_tokens" }],
    [
      "a setting",
      DIALECTS.mistral,
      refused("random_seed"),
      { settings: { ...DIALECTS.mistral.settings, seed: undefined } },
    ],
    ["strict", DIALECTS.openrouter, refused("tools[0].function.strict"), { strict: false }],
    [
      "the role developer",
      DIALECTS.openai,
      refused("messages[0].role", "unsupported-parameter", "does not support 'developer'"),
      { systemRole: "system" },
    ],
    [
      "the role developer at a template",
      DIALECTS.openai,
      refused("", "invalid-request", "Unexpected message role."),
      { systemRole: "system" },
    ],
  ])("%s is left out from then on", (_what, dialect, error, change) => {
    const adapted = adaptDialect(dialect, error);
    expect(adapted).toEqual({ ...dialect, ...change });
    if (adapted !== undefined && change.streamOptions === undefined && !("maxTokensParameter" in change))
      expect(adaptDialect(adapted, error)).toBeUndefined();
  });

  test.each([
    ["a parameter of the caller", refused("logit_bias")],
    ["messages", refused("messages[3].content")],
    ["nothing", new AxioError("unsupported-parameter", "")],
    ["max_tokens, since it is too large", refused("max_tokens", "invalid-request")],
    ["the key", refused("parallel_tool_calls", "unauthenticated")],
  ])("%s cannot be left out", (_what, error) => {
    expect(adaptDialect(DIALECTS.vllm, error)).toBeUndefined();
  });
});
