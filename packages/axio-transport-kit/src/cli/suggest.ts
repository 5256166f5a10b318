/**
 * The candidate that is most like `word`, if any is close enough to have been meant.
 *
 * @example
 * ```ts
 * nearest("logni", ["login", "logout"]); // "login"
 * ```
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      distance: candidate.startsWith(typed) && typed.length > 1 ? 0.5 : editDistance(typed, candidate),
    }))
    .sort((left, right) => left.distance - right.distance);
  const [best] = ranked;
  // A third of the letters wrong is a slip; more is another word.
  return best !== undefined && best.distance <= Math.max(1, best.candidate.length / 3)
    ? best.candidate
    : undefined;
}

/** Levenshtein's distance, with two swapped neighbours counted as one slip. */
function editDistance(left: string, right: string): number {
  const rows: number[][] = Array.from({ length: left.length + 1 }, (_, row) => [row]);
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Math.max(row, column);
  for (let row = 0; row <= left.length; row += 1) {
    for (let column = 1; column <= right.length; column += 1) {
      const cells = rows[row] ?? [];
      if (row === 0) {
        cells[column] = column;
        continue;
      }
      const same = left[row - 1] === right[column - 1];
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      cells[column] = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (same ? 0 : 1),
        swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return at(left.length, right.length);
}
