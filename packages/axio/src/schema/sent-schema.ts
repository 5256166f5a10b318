import { AxioError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { ToolDefinition } from "../tool.ts";
import type { OutputFormat } from "../transport.ts";
import { completeSchema } from "./complete-schema.ts";
import { withObjectRoot } from "./object-root.ts";
import { type SchemaDocument, SchemaProblem, writeDocument } from "./schema-document.ts";
import { forOwner, OUTPUT_OWNER, type SchemaOwner, toolOwner } from "./schema-owner.ts";
import { type StrictSchema, strictSchema } from "./strict-schema.ts";
import type { StrictSubset } from "./strict-subset.ts";
import { upgradeSchema } from "./upgrade-schema.ts";

/** A schema as a service accepts it. The values are validated against the schema itself when they come back. */
export interface SentSchema {
  readonly schema: JsonObject;
  /** Whether the service is to enforce the schema. */
  readonly strict: boolean;
  /** Why the service cannot enforce the schema, if it was asked to. */
  readonly problem?: string | undefined;
}

const documents = new WeakMap<JsonObject, SchemaDocument>();
const hints = new WeakMap<JsonObject, SentSchema>();
const enforced = new WeakMap<StrictSubset, WeakMap<JsonObject, StrictSchema>>();

/**
 * Fits a schema to what services accept. The result is remembered for each schema object, because each request needs it.
 *
 * @param subset What the service can enforce. Default: it is not asked to.
 * @throws AxioError with the owner's code if the schema is invalid, or does not describe an object.
 */
export function toSentSchema(owner: SchemaOwner, schema: JsonObject, subset?: StrictSubset): SentSchema {
  const document = remember(documents, schema, () =>
    forOwner(owner, () => withObjectRoot(upgradeSchema(toJsonObject(schema)), true)),
  );
  const hint = remember(hints, schema, () => ({
    schema: writeDocument(completeSchema(document)),
    strict: false,
  }));
  if (subset === undefined) return hint;
  const bySchema = remember(enforced, subset, () => new WeakMap<JsonObject, StrictSchema>());
  const strict = remember(bySchema, schema, () => strictSchema(document, subset));
  return strict.ok ? { schema: strict.schema, strict: true } : { ...hint, problem: strict.problem };
}

/**
 * Returns a warning for each schema that is sent without strict although the caller wants it, or for an output has not
 * decided.
 */
export function strictWarnings(
  tools: readonly ToolDefinition[],
  outputFormat: OutputFormat | undefined,
  subset: StrictSubset,
): readonly AxioError[] {
  const warnings = tools
    .filter(
      ({ strict, hosted, freeform }) => strict === true && hosted === undefined && freeform === undefined,
    )
    .map(({ name, inputSchema }) => strictWarning(toolOwner(name), inputSchema, subset));
  const format =
    outputFormat === undefined || outputFormat.strict === false
      ? undefined
      : strictWarning(OUTPUT_OWNER, outputFormat.schema, subset);
  return [...warnings, format].filter((warning) => warning !== undefined);
}

function strictWarning(owner: SchemaOwner, schema: JsonObject, subset: StrictSubset): AxioError | undefined {
  const { problem } = toSentSchema(owner, schema, subset);
  if (problem === undefined) return undefined;
  return new AxioError(
    owner.code,
    `${owner.name} is sent without strict: ${problem} What the model writes is validated anyway.`,
  );
}

function toJsonObject(schema: JsonValue): JsonObject {
  if (!isJsonObject(schema)) throw new SchemaProblem("#", "a schema must be an object.");
  return schema;
}

function remember<Key extends object, Value>(
  values: WeakMap<Key, Value>,
  key: Key,
  compute: () => Value,
): Value {
  const cached = values.get(key);
  if (cached !== undefined) return cached;
  const value = compute();
  values.set(key, value);
  return value;
}
