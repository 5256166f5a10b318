import Ajv2020 from "ajv/dist/2020.js";
import { isJsonObject, type JsonValue } from "axio";
import { apiSchema } from "./fixtures.ts";

/** Members of a request that only the Codex backend accepts. */
const CODEX_ONLY = ["client_metadata"];

/** Checks a value against OpenAI's API description. Returns the problem, if any. */
export interface ApiSchema {
  faultsOf(schema: "CreateResponse" | "InputItem", value: object): string;
}

/** Reads the description. Slow: call it once per test file. */
export function readApiSchema(): ApiSchema {
  const ajv = new Ajv2020.default({ strict: false, allErrors: false, logger: false, validateFormats: false });
  ajv.addSchema({ $id: "api", ...(asUnions(apiSchema()) as object) });
  return {
    faultsOf: (schema, value) => {
      const check = ajv.getSchema(`api#/components/schemas/${schema}`);
      if (check === undefined) throw new Error(`The description has no schema ${schema}.`);
      const known = Object.entries(value).filter(([member]) => !CODEX_ONLY.includes(member));
      return check(Object.fromEntries(known)) ? "" : ajv.errorsText(check.errors);
    },
  };
}

/**
 * The description uses `oneOf` for unions whose members differ by `type`. Two of them, the short and the long form of a user
 * message, do not differ otherwise, so a literal `oneOf` rejects every message.
 */
function asUnions(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(asUnions);
  if (!isJsonObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key === "oneOf" ? "anyOf" : key, asUnions(value)]),
  );
}
