import { AxioError, type ErrorCode } from "../errors.ts";
import { SchemaProblem } from "./schema-document.ts";

/** Whose schema it is, for errors. */
export interface SchemaOwner {
  readonly code: ErrorCode;
  readonly name: string;
}

/** The owner of the schema of a response. */
export const OUTPUT_OWNER: SchemaOwner = { code: "invalid-argument", name: "The output schema" };

/** Returns the owner of a tool's input schema. */
export function toolOwner(name: string): SchemaOwner {
  return { code: "tool-schema", name: `The tool ${JSON.stringify(name)}` };
}

/**
 * Runs a function and adds the owner to its {@link SchemaProblem}.
 *
 * @throws AxioError with the owner's code.
 */
export function forOwner<Result>(owner: SchemaOwner, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    // The stack is full after thousands of definitions that refer to each other.
    if (error instanceof RangeError) throw schemaError(owner, "its schema is too complex.", error);
    throw error instanceof SchemaProblem ? schemaError(owner, error.message) : error;
  }
}

export function schemaError(owner: SchemaOwner, problem: string, cause?: unknown): AxioError {
  return new AxioError(owner.code, `${owner.name} cannot be used: ${problem}`, { cause });
}
