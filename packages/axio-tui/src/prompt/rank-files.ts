/** Returns the paths that contain the letters of a query in their order, the best match first. */
export function rankFiles(paths: readonly string[], query: string, limit: number): readonly string[] {
  const letters = query.toLowerCase();
  if (letters === "") return paths.slice(0, limit);
  return paths
    .flatMap((path) => {
      const score = scorePath(path.toLowerCase(), letters);
      return score === undefined ? [] : [{ path, score }];
    })
    .sort((left, right) => right.score - left.score || left.path.length - right.path.length)
    .slice(0, limit)
    .map(({ path }) => path);
}

function scorePath(path: string, letters: string): number | undefined {
  const name = path.slice(path.lastIndexOf("/", path.length - 2) + 1);
  if (name.startsWith(letters)) return 4;
  if (path.startsWith(letters)) return 3;
  if (name.includes(letters)) return 2;
  if (path.includes(letters)) return 1;
  let at = -1;
  for (const letter of letters) {
    at = path.indexOf(letter, at + 1);
    if (at < 0) return undefined;
  }
  return 0;
}
