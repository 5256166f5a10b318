import type { StandardSchemaV1 } from "@standard-schema/spec";
import { AxioError } from "./errors.ts";
import type { RunEndReason } from "./events.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { ValidationResult } from "./tool.ts";
import { compileSchema, type StandardToolSchema } from "./tool-schema.ts";
import type { OutputFormat } from "./transport.ts";

/** What an answer may be described with: a Standard Schema with JSON Schema output, or a plain JSON Schema, of an object. */
export type ObjectSchema = StandardToolSchema | JsonObject;

/** What a schema's answers are: its output type, or any JSON object for a plain JSON Schema. */
export type OutputOf<Schema extends ObjectSchema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : JsonObject;

/** What an answer has to be. */
export interface OutputOptions<Schema extends ObjectSchema> {
  /** A Standard Schema with JSON Schema output (zod 4, valibot, arktype), or a plain JSON Schema, of `type: "object"`. */
  readonly output: Schema;
  /** What the object is called, for the model: 1 to 64 of `A-Z a-z 0-9 _ -`. Default `"answer"`. */
  readonly outputName?: string;
  /** `true` makes the provider hold the model to the schema exactly, or fail where it cannot. Default: where it can. */
  readonly strict?: boolean;
}

/** A schema in the two forms that are needed: to send, and to check with. */
export interface CompiledOutput<Output> {
  readonly format: OutputFormat;
  /** Gives what is an `Output` where it fits. */
  readonly validate: (value: JsonValue) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
  /** Holds the type only. */
  readonly type?: Output;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Readies a schema for an answer.
 *
 * @throws AxioError `invalid-argument` where the schema or the name cannot be used.
 */
export function compileOutput<Schema extends ObjectSchema>(
  options: OutputOptions<Schema>,
): CompiledOutput<OutputOf<Schema>> {
  const { output, outputName = "answer", strict } = options;
  if (!NAME.test(outputName)) {
    throw new AxioError(
      "invalid-argument",
      `${JSON.stringify(outputName)} cannot name an answer. Use 1 to 64 letters, digits, "_" and "-".`,
    );
  }
  const { inputSchema, validate } = compileSchema(
    { code: "invalid-argument", name: "The schema of the answer" },
    output,
  );
  return {
    format: { name: outputName, schema: inputSchema, ...(strict === undefined ? {} : { strict }) },
    validate,
  };
}

/**
 * Reads an answer.
 *
 * @throws AxioError `output-mismatch` where it is no JSON, or does not fit the schema.
 */
export async function readObject<Output>(
  output: CompiledOutput<Output>,
  text: string,
  reason: RunEndReason,
): Promise<Output> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw mismatch(whyNoJson(text, reason), [], cause);
  }
  const result = await output.validate(value);
  if (!result.ok) {
    throw mismatch(
      `The answer does not fit its schema:\n${result.issues.map((issue) => `- ${issue}`).join("\n")}\nAsk again, or allow for this in the schema.`,
      result.issues,
    );
  }
  return result.value as Output;
}

function whyNoJson(text: string, reason: RunEndReason): string {
  switch (reason) {
    case "refusal":
      return "The model declined to answer, so there is no object. finalText() tells what it said.";
    case "max-output-tokens":
      return "The answer was cut at the limit of its length, so there is no object. Ask for less at a time.";
    case "max-steps":
      return "The turns of this run were used up before the answer. Allow more with maxSteps.";
    default:
      return text.trim() === ""
        ? "The run ended without an answer, so there is no object. Ask again."
        : "The answer is no JSON, so there is no object. Ask again; finalText() tells what it is.";
  }
}

function mismatch(message: string, issues: readonly string[], cause?: unknown): AxioError {
  return new AxioError("output-mismatch", message, {
    // Asked again, a model may well answer otherwise.
    retryable: true,
    details: issues.length === 0 ? {} : { issues },
    ...(cause === undefined ? {} : { cause }),
  });
}
