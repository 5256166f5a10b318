import type { OutputUnit } from "@cfworker/json-schema";
import type { JsonObject } from "../json.ts";
import { needsTimeLimit, runWithTimeout } from "./time-limit.ts";

/** A schema may come from outside, and its patterns may take exponential time. A check blocks this process, at most twice. */
const MAX_VALIDATION_MS = 125;
const TOO_SLOW = `#: the schema could not be checked within ${2 * MAX_VALIDATION_MS} ms; one of its patterns takes too long on this value. Use a shorter value`;

/** The issues of one value that are reported. The model corrects its input from fewer, and all of them cost tokens. */
const MAX_ISSUES = 50;

type Check = (value: JsonObject) => readonly OutputUnit[] | undefined;

/** Returns what is wrong with a value, or an empty list if it fits the schema. */
export type JsonValidator = (value: JsonObject) => readonly string[];

/** Loads the validator of a JSON Schema in the 2020-12 dialect. */
export async function loadValidator(schema: JsonObject): Promise<JsonValidator> {
  const { Validator } = await import("@cfworker/json-schema");
  const isLimited = needsTimeLimit(schema);
  // A copy, because it adds a property to every subschema.
  const createCheck = (stopsAtFirst: boolean): Check => {
    const validator = new Validator(structuredClone(schema), "2020-12", stopsAtFirst);
    return (value) => runCheck(() => validator.validate(value).errors, isLimited);
  };
  const checkAll = createCheck(false);
  return (value) => {
    const errors = checkAll(value) ?? createCheck(true)(value);
    return errors === undefined ? [TOO_SLOW] : withMaxIssues(errors, describeError);
  };
}

/** Runs a check, and returns `undefined` if it has no result after the time limit, or has too many errors. */
function runCheck(check: () => readonly OutputUnit[], isLimited: boolean): readonly OutputUnit[] | undefined {
  try {
    return isLimited ? runWithTimeout(check, MAX_VALIDATION_MS)?.result : check();
  } catch (error) {
    // The validator passes all errors of a list as arguments of one call: the stack holds about 100,000.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Describes the first issues of a list, and says how many more there are. */
export function withMaxIssues<Issue>(
  issues: readonly Issue[],
  describe: (issue: Issue) => string,
): readonly string[] {
  const described = issues.slice(0, MAX_ISSUES).map(describe);
  const more = issues.length - described.length;
  return more === 0 ? described : [...described, `and ${more} more`];
}

function describeError({ instanceLocation, error }: OutputUnit): string {
  return `${instanceLocation}: ${error}`;
}
