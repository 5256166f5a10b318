import { AxioError, type JsonObject, type OutputFormat } from "axio";
import { OUTPUT_OWNER, STRICT_SUBSET, toSentSchema } from "axio/internal";

/** The format of the text of a response. */
export type TextFormatParam = {
  type: "json_schema";
  name: string;
  strict: boolean;
  schema: JsonObject;
};

/**
 * Converts an output format. By default it is strict if the API can enforce the schema.
 *
 * @throws AxioError `invalid-argument` if the schema is invalid, or must be strict and cannot be.
 */
export function toTextFormat({ name, schema, strict }: OutputFormat): TextFormatParam {
  const sent = toSentSchema(OUTPUT_OWNER, schema, strict === false ? undefined : STRICT_SUBSET);
  if (strict === true && sent.problem !== undefined) {
    throw new AxioError(
      "invalid-argument",
      `The output schema cannot be strict: ${sent.problem} Or omit \`strict\`: the response is validated anyway.`,
    );
  }
  return { type: "json_schema", name, strict: sent.strict, schema: sent.schema };
}
