import type { Context, Script } from "node:vm";
import { builtinModule } from "../builtin-module.ts";
import { isJsonObject, type JsonValue } from "../json.ts";

/** Keywords whose check may take more than linear time: comparisons of all pairs, and schemas that contain themselves. */
const SLOW_KEYWORDS: ReadonlySet<string> = new Set(["patternProperties", "format", "uniqueItems", "$ref"]);

interface Runner {
  readonly script: Script;
  readonly context: Context;
}

let runner: Runner | undefined;

/**
 * Runs a synchronous function that may take forever, such as a regular expression from outside. Blocks until then, because a
 * script of `node:vm` is the only thing that V8 can interrupt. Runtimes without `node:vm` run it without a limit.
 *
 * @returns `undefined` after the timeout.
 */
export function runWithTimeout<T>(task: () => T, timeoutMs: number): { readonly result: T } | undefined {
  runner ??= createRunner();
  if (runner === undefined) return { result: task() };
  const { script, context } = runner;
  context["task"] = task;
  try {
    return { result: script.runInContext(context, { timeout: timeoutMs }) as T };
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      return undefined;
    throw error;
  } finally {
    context["task"] = undefined;
  }
}

function createRunner(): Runner | undefined {
  const vm = builtinModule<typeof import("node:vm")>("node:vm");
  if (vm === undefined) return undefined;
  return { script: new vm.Script("task()"), context: vm.createContext({}) };
}

/** Returns whether the check of a schema may take more than linear time. */
export function needsTimeLimit(schema: JsonValue): boolean {
  if (Array.isArray(schema)) return schema.some(needsTimeLimit);
  if (!isJsonObject(schema)) return false;
  return Object.entries(schema).some(
    ([name, value]) =>
      SLOW_KEYWORDS.has(name) ||
      (name === "pattern" && typeof value === "string" && !isLinear(value)) ||
      needsTimeLimit(value),
  );
}

/** Returns whether a pattern certainly takes linear time: without repetition, or anchored with one of a single character. */
function isLinear(pattern: string): boolean {
  const bare = pattern.replace(/\\./gs, "x").replace(/\[[^\]]*\]/g, "x");
  const repetitions = bare.match(/[*+?{]/g)?.length ?? 0;
  return repetitions === 0 || (repetitions === 1 && /^\^[^|()]*$/.test(bare));
}
