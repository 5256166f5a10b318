import { EXIT, exitCodeOf } from "axio-cli/internal";
import type { ResultEvent } from "./headless-event.ts";

/** The exit codes that only runs in scripts have. */
export const SCRIPT_EXIT = {
  ...EXIT,
  denied: 5,
  invalidOutput: 6,
  stepLimit: 7,
  refused: 8,
  /** As `timeout(1)`. */
  timedOut: 124,
} as const;

/** The meaning of the codes, for help texts. */
export const SCRIPT_EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [SCRIPT_EXIT.denied, "with -p: something was not allowed, because no user can be asked"],
  [SCRIPT_EXIT.invalidOutput, "with -p: the response does not fit the schema"],
  [SCRIPT_EXIT.stepLimit, "with -p: the step limit is reached, or the model repeated itself"],
  [SCRIPT_EXIT.refused, "with -p: the model refused, or a filter cut the response"],
  [SCRIPT_EXIT.timedOut, "with -p: the time limit is reached"],
];

/**
 * Returns the exit code for the result of a run.
 *
 * @param isTimedOut Whether the time limit stopped it.
 */
export function exitCodeOfResult({ endReason, error, denied }: ResultEvent, isTimedOut = false): number {
  if (error?.code === "output-mismatch" && endReason !== "refusal") return SCRIPT_EXIT.invalidOutput;
  switch (endReason) {
    case "aborted":
      return isTimedOut ? SCRIPT_EXIT.timedOut : EXIT.interrupted;
    case "max-steps":
    case "repetition":
    case "budget":
      return SCRIPT_EXIT.stepLimit;
    case "refusal":
    case "content-filter":
      return SCRIPT_EXIT.refused;
    case "max-output-tokens":
    case "incomplete":
      return EXIT.failed;
    case "error":
      return exitCodeOf(error);
    case "end":
      return denied.some(({ isUnattended }) => isUnattended) ? SCRIPT_EXIT.denied : EXIT.ok;
  }
}
