import { AxioError, type AxioErrorOptions } from "./errors.ts";
import { findInexactInteger, inexactIntegerIssue } from "./exact-numbers.ts";
import type { JsonValue } from "./json.ts";
import { isTooDeep, TOO_DEEP } from "./json-depth.ts";
import { compileSchema, type ObjectSchema, type ValidationResult } from "./object-schema.ts";
import type { RunResult } from "./run.ts";
import { OUTPUT_OWNER } from "./schema/schema-owner.ts";
import type { OutputFormat } from "./transport.ts";

/** The options of structured output. */
export interface OutputOptions<Output> {
  /** The schema of the object: a Standard Schema (zod 4, valibot, arktype), a `jsonSchema()`, or a JSON Schema. */
  readonly output: ObjectSchema<unknown, Output>;
  /** The name of the object for the model: 1 to 64 characters of `A-Z a-z 0-9 _ -`. Default: `"answer"`. */
  readonly outputName?: string | undefined;
  /** `true` makes the provider enforce the schema exactly, or fail. Default: enforced if the provider can. */
  readonly strict?: boolean | undefined;
}

/** An output schema in the form to send and the form to validate with. */
export interface CompiledOutput<Output> {
  readonly format: OutputFormat;
  readonly validate: (value: JsonValue) => ValidationResult<unknown> | Promise<ValidationResult<unknown>>;
  /** Only for the compiler. */
  readonly type?: Output;
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Compiles an output schema.
 *
 * @throws AxioError `invalid-argument` if the schema or the name cannot be used.
 */
export function compileOutput<Output>(options: OutputOptions<Output>): CompiledOutput<Output> {
  const { output, outputName: name = "answer", strict } = options;
  if (!NAME.test(name)) {
    throw new AxioError(
      "invalid-argument",
      `${JSON.stringify(name)} is not a valid outputName. Use 1 to 64 letters, digits, "_" and "-".`,
    );
  }
  const { jsonSchema: schema, validate } = compileSchema(OUTPUT_OWNER, output);
  return { format: { name, schema, strict }, validate };
}

/**
 * Reads an object from the text of a response.
 *
 * @throws AxioError `output-mismatch` if the text is not JSON, or does not fit the schema.
 */
export async function readObject<Output>(
  output: CompiledOutput<Output>,
  { text, endReason }: Pick<RunResult, "text" | "endReason">,
): Promise<Output> {
  if (isTooDeep(text)) throw mismatch(`The response ${TOO_DEEP}`, {});
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw mismatch(whyNotJson(text, endReason), { cause });
  }
  const integer = findInexactInteger(text);
  const result: ValidationResult<unknown> =
    integer === undefined
      ? await output.validate(value)
      : { ok: false, issues: [inexactIntegerIssue(integer)] };
  if (result.ok) return result.value as Output;
  const { issues } = result;
  throw mismatch(
    `The response does not fit its schema:\n${issues.map((issue) => `- ${issue}`).join("\n")}\nTry again, or allow for this in the schema.`,
    { details: { issues } },
  );
}

function whyNotJson(text: string, reason: RunResult["endReason"]): string {
  switch (reason) {
    case "refusal":
      return "The model refused, so there is no object. finalText() has its text.";
    case "max-output-tokens":
      return "The response was cut off at its maximum length, so there is no object. Ask for less at a time.";
    case "max-steps":
      return "The run reached maxSteps before its answer, so there is no object. Allow more steps.";
    default:
      return text.trim() === ""
        ? "The run ended without text, so there is no object. Try again."
        : "The response is not JSON, so there is no object. Try again; finalText() has its text.";
  }
}

function mismatch(message: string, options: Pick<AxioErrorOptions, "cause" | "details">): AxioError {
  // The model may well answer differently the next time.
  return new AxioError("output-mismatch", message, { retryable: true, ...options });
}
