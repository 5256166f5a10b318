import type { ToolResultBlock, ToolUseBlock } from "./blocks.ts";

/** The longest cycle of turns that counts as one repetition: A, B, C, A, B, C. */
const LONGEST_CYCLE = 3;

/**
 * What a turn did, as text that is equal where the turn is: its calls and their results, without ids.
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
 * Tells whether a run turns in circles: its last turns are the same one to three turns, `limit` times over.
 * A tool that is asked again and answers something new (a status, a clock) is no repetition.
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
