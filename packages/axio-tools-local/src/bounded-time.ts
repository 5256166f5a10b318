import { createContext, Script } from "node:vm";

const SCRIPT = new Script("result = task()");

/**
 * Runs a function that may take forever, such as a regular expression of somebody else's. Nothing else runs meanwhile.
 *
 * @returns `undefined` where it was not done in time.
 */
export function inBoundedTime<T>(task: () => T, milliseconds: number): { readonly result: T } | undefined {
  // Not to keep the task from anything: V8 can stop a script from outside, and nothing else.
  const context: { task: () => T; result?: T } = { task };
  try {
    SCRIPT.runInContext(createContext(context), { timeout: milliseconds });
    return { result: context.result as T };
  } catch (error) {
    // An error of the context has that one's classes.
    if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
    throw error;
  }
}
