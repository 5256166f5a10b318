import { AxioError, type JsonObject, type OutputFormat } from "axio";
import { strictSchema } from "./strict-schema.ts";

/** The format of the text of a response. */
export type TextFormatParam = {
  type: "json_schema";
  name: string;
  strict: boolean;
  schema: JsonObject;
};

/**
 * Converts an output format. By default it is strict if the schema can be.
 *
 * @throws AxioError `invalid-argument` if it must be strict and the schema cannot be.
 */
export function toTextFormat({ name, schema, strict }: OutputFormat): TextFormatParam {
  const closed = strict === false ? undefined : strictSchema(schema);
  if (closed?.ok) return { type: "json_schema", name, strict: true, schema: closed.schema };
  if (strict === true && closed !== undefined) {
    throw new AxioError(
      "invalid-argument",
      `The schema of the response cannot be strict: ${closed.problem}. Change it, or omit \`strict\`: the response is checked all the same.`,
    );
  }
  return { type: "json_schema", name, strict: false, schema };
}
