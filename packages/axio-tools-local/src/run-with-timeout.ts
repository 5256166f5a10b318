import { createContext, Script } from "node:vm";
import { errorCode } from "axio/internal";

const SCRIPT = new Script("result = task()");

/**
 * Runs a synchronous function that may never end, such as a regular expression of the model. Blocks the event loop.
 *
 * @returns `undefined` after a timeout.
 */
export function runWithTimeout<T>(task: () => T, timeoutMs: number): { readonly result: T } | undefined {
  // Not a sandbox: a script is the only thing that V8 can interrupt.
  const context: { task: () => T; result?: T } = { task };
  try {
    SCRIPT.runInContext(createContext(context), { timeout: timeoutMs });
    return { result: context.result as T };
  } catch (error) {
    // An error of another context is not an instance of this context's `Error`.
    if (errorCode(error) === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
    throw error;
  }
}
