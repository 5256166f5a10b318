import { AxioError, type JsonObject, type OutputFormat } from "axio";
import type { Dialect } from "../dialect/dialect.ts";
import { strictSchema } from "./strict-schema.ts";

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
 * @throws AxioError `invalid-argument` if the caller demands `strict` and it is not possible.
 */
export function toFormatMembers(format: OutputFormat | undefined, dialect: Dialect): FormatMembers {
  if (format === undefined) return { responseFormat: undefined, instruction: undefined };
  const { name, schema, strict } = format;
  const closed = strict === false || !dialect.strict ? undefined : strictSchema(schema);
  if (strict === true && closed?.ok !== true) {
    const reason = closed === undefined ? "the server does not support it" : closed.problem;
    throw new AxioError(
      "invalid-argument",
      `The output schema cannot be strict: ${reason}. Change it, or omit \`strict\`: the response is validated anyway.`,
    );
  }
  if (dialect.outputFormat === "json_schema") {
    const jsonSchema = closed?.ok ? { name, schema: closed.schema, strict: true } : { name, schema };
    return { responseFormat: { type: "json_schema", json_schema: jsonSchema }, instruction: undefined };
  }
  return {
    responseFormat: dialect.outputFormat === "json_object" ? { type: "json_object" } : undefined,
    instruction: `Answer with a JSON object, and nothing else, that fits this JSON Schema:\n${JSON.stringify(schema)}`,
  };
}
