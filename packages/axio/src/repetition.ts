import type { ToolResultBlock, ToolUseBlock } from "./blocks.ts";

/** The longest cycle of steps that counts as one repetition: A, B, C, A, B, C. */
export const LONGEST_CYCLE = 3;

/**
 * Returns a text that is equal for equal steps: the tool calls and their results, without ids.
 *
 * @param results In the order of the calls.
 */
export function stepFingerprint(calls: readonly ToolUseBlock[], results: readonly ToolResultBlock[]): string {
  return JSON.stringify(
    calls.map(({ name, input, inputText }, position) => [
      name,
      inputText ?? input,
      results[position]?.content ?? null,
    ]),
  );
}

/**
 * Returns whether a run repeats itself: its last steps are the same one to three steps, `limit` times. A tool that
 * returns something new each time, such as a status, is no repetition.
 */
export function isRepeating(fingerprints: readonly string[], limit: number): boolean {
  for (let cycle = 1; cycle <= LONGEST_CYCLE; cycle += 1) {
    const length = cycle * limit;
    if (fingerprints.length < length) return false;
    const tail = fingerprints.slice(-length);
    if (tail.every((fingerprint, index) => index < cycle || fingerprint === tail[index - cycle])) return true;
  }
  return false;
}
