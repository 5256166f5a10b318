import { AxioError, type JsonObject, type OutputFormat } from "axio";
import { strictSchema } from "./strict-schema.ts";

/** What the text of an answer has to be. */
export type TextFormatParam = {
  type: "json_schema";
  name: string;
  strict: boolean;
  schema: JsonObject;
};

/**
 * The form of an answer as the API takes it: strict where the schema can be, unless the caller decided.
 *
 * @throws AxioError `invalid-argument` where it is to be strict, and its schema cannot be.
 */
export function toTextFormat({ name, schema, strict }: OutputFormat): TextFormatParam {
  const closed = strict === false ? undefined : strictSchema(schema);
  if (closed?.ok) return { type: "json_schema", name, strict: true, schema: closed.schema };
  if (strict === true && closed !== undefined) {
    throw new AxioError(
      "invalid-argument",
      `The schema of the answer cannot be strict: ${closed.problem}. Change it, or leave out \`strict\`: the answer is checked all the same.`,
    );
  }
  return { type: "json_schema", name, strict: false, schema };
}
