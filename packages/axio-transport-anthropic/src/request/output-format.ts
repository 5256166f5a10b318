import { AxioError, type JsonObject, type OutputFormat } from "axio";
import { OUTPUT_OWNER, toSentSchema } from "axio/internal";
import { ANTHROPIC_SUBSET } from "./anthropic-subset.ts";

/** How a response is held to a schema: by the API, or by words in the system prompt. */
export interface WireOutputFormat {
  readonly format?: JsonObject | undefined;
  readonly instruction?: string | undefined;
  readonly warnings: readonly AxioError[];
}

/**
 * Converts an output format. A schema that the API cannot enforce goes into the system prompt; the response is validated
 * anyway.
 *
 * @throws AxioError `invalid-argument` if the schema is invalid, or must be enforced and cannot be.
 */
export function toOutputFormat(output: OutputFormat | undefined, isSupported: boolean): WireOutputFormat {
  if (output === undefined) return { warnings: [] };
  const { strict } = output;
  const sent = toSentSchema(OUTPUT_OWNER, output.schema, strict === false ? undefined : ANTHROPIC_SUBSET);
  if (sent.strict && isSupported) {
    return { format: { type: "json_schema", schema: sent.schema }, warnings: [] };
  }
  const problem = isSupported ? (sent.problem ?? "") : "the model does not support it.";
  if (strict === true) {
    throw new AxioError(
      "invalid-argument",
      `The output schema cannot be strict: ${problem} Or omit \`strict\`: the response is validated anyway.`,
    );
  }
  const schema = toSentSchema(OUTPUT_OWNER, output.schema).schema;
  return {
    instruction: `Answer with a JSON object, and nothing else, that fits this JSON Schema:\n${JSON.stringify(schema)}`,
    warnings:
      strict === false
        ? []
        : [
            new AxioError(
              OUTPUT_OWNER.code,
              `${OUTPUT_OWNER.name} is sent without strict: ${problem} What the model writes is validated anyway.`,
            ),
          ],
  };
}
