import { type JsonObject, jsonSchema, type TypedJsonSchema } from "axio";

/** Returns the JSON Schema of an object of the type `Input`. */
export function objectSchema<Input>(
  properties: JsonObject,
  required: readonly (string & keyof Input)[] = [],
): TypedJsonSchema<Input> {
  return jsonSchema<Input>({ type: "object", properties, required });
}
