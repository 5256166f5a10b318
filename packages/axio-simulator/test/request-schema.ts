import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { FIXTURES } from "test-support/fixtures";

/** Returns why a schema generated from the types of an official client refuses a request. */
export function clientSchema(file: string): (body: unknown) => string {
  const schema = JSON.parse(readFileSync(join(FIXTURES, file), "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile({ ...schema, $ref: "#/definitions/Root/properties/request" });
  return (body) => (validate(body) ? "" : ajv.errorsText(validate.errors));
}

const JUNK = [null, 7, -1, "junk", true, [], {}, [7], { type: "junk" }];

/** Every body with one value replaced or removed, with the place of the change. */
export function* damagedBodies(
  body: unknown,
  path = "body",
): Generator<readonly [place: string, body: unknown]> {
  if (typeof body !== "object" || body === null) return;
  const keys = Array.isArray(body) ? [...body.keys()] : Object.keys(body);
  for (const key of keys) {
    const place = `${path}.${key}`;
    const value = (body as Record<string | number, unknown>)[key];
    for (const junk of JUNK) yield [`${place} = ${JSON.stringify(junk)}`, withMember(body, key, junk)];
    if (!Array.isArray(body)) yield [`${place} removed`, withMember(body, key, undefined)];
    for (const [inner, changed] of damagedBodies(value, place)) yield [inner, withMember(body, key, changed)];
  }
}

function withMember(body: object, key: string | number, value: unknown): unknown {
  if (Array.isArray(body)) return body.with(Number(key), value);
  const { [String(key)]: _old, ...rest } = body as Record<string, unknown>;
  return value === undefined ? rest : { ...rest, [key]: value };
}
