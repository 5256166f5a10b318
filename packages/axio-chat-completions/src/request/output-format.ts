import { AxioError, type JsonObject, type OutputFormat } from "axio";
import { OUTPUT_OWNER, STRICT_SUBSET, toSentSchema } from "axio/internal";
import type { Dialect } from "../dialect/dialect.ts";
import { toDialectSchema } from "./dialect-schema.ts";

/** How a response is held to a schema. */
export type ResponseFormatParam =
  | { type: "json_schema"; json_schema: { name: string; schema: JsonObject; strict?: boolean } }
  | { type: "json_object" };

/** The parameter, and the text for the system prompt of servers that cannot be given the schema otherwise. */
export interface FormatMembers {
  readonly responseFormat: ResponseFormatParam | undefined;
  readonly instruction: string | undefined;
}

/**
 * The form of a response as the server accepts it: strict if the server and the schema allow it.
 *
 * @throws AxioError `invalid-argument` if the schema is invalid, or must be strict and cannot be.
 */
export function toFormatMembers(format: OutputFormat | undefined, dialect: Dialect): FormatMembers {
  if (format === undefined) return { responseFormat: undefined, instruction: undefined };
  const { name, strict } = format;
  const isEnforced = strict !== false && dialect.strict;
  const sent = toSentSchema(OUTPUT_OWNER, format.schema, isEnforced ? STRICT_SUBSET : undefined);
  if (strict === true && !sent.strict) {
    const reason = sent.problem ?? "the server does not support it.";
    throw new AxioError(
      "invalid-argument",
      `The output schema cannot be strict: ${reason} Or omit \`strict\`: the response is validated anyway.`,
    );
  }
  const schema = toDialectSchema(sent.schema, dialect);
  if (dialect.outputFormat === "json_schema") {
    const jsonSchema = sent.strict ? { name, schema, strict: true } : { name, schema };
    return { responseFormat: { type: "json_schema", json_schema: jsonSchema }, instruction: undefined };
  }
  return {
    responseFormat: dialect.outputFormat === "json_object" ? { type: "json_object" } : undefined,
    instruction: `Answer with a JSON object, and nothing else, that fits this JSON Schema:\n${JSON.stringify(schema)}`,
  };
}
