import { AxioError, type JsonObject, type JsonValue } from "axio";
import type { Dialect } from "../dialect/dialect.ts";
import { mergeJson } from "../json-members.ts";
import type { ReasoningOptions } from "./options.ts";

/**
 * The body members that control reasoning.
 *
 * @throws AxioError `unsupported-parameter` for what the server cannot be told.
 */
export function toReasoningMembers(options: ReasoningOptions | undefined, dialect: Dialect): JsonObject {
  const { enabled, effort, maxTokens } = options ?? {};
  const { on, off, effortPath, effortNames, budgetPath } = dialect.reasoning;
  if (enabled === false || (effort === "none" && off !== undefined)) {
    return off ?? refuse(dialect, "be told to stop reasoning", "reasoning");
  }
  const members: JsonObject[] = enabled === true ? [on] : [];
  if (effort !== undefined) {
    if (effortPath === undefined) refuse(dialect, "be told a reasoning effort", "reasoning_effort");
    else members.push(at(effortPath, effortNames?.[effort] ?? effort));
  }
  if (maxTokens !== undefined) {
    if (budgetPath === undefined) refuse(dialect, "be given a budget of reasoning tokens", "reasoning");
    else members.push(at(budgetPath, maxTokens));
  }
  return members.reduce(mergeJson, {});
}

function at(path: readonly string[], value: JsonValue): JsonObject {
  return path.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value) as JsonObject;
}

function refuse(dialect: Dialect, what: string, parameter: string): never {
  throw new AxioError("unsupported-parameter", `${dialect.name} cannot ${what}. Omit the option.`, {
    details: { parameter },
  });
}
