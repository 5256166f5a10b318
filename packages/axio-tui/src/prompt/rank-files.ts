/** The paths that hold the letters of a query in their order, the best first. */
export function rankFiles(paths: readonly string[], query: string, limit: number): readonly string[] {
  const wanted = query.toLowerCase();
  if (wanted === "") return paths.slice(0, limit);
  return paths
    .flatMap((path) => {
      const score = scorePath(path.toLowerCase(), wanted);
      return score === undefined ? [] : [{ path, score }];
    })
    .sort((left, right) => right.score - left.score || left.path.length - right.path.length)
    .slice(0, limit)
    .map(({ path }) => path);
}

function scorePath(path: string, wanted: string): number | undefined {
  const name = path.slice(path.lastIndexOf("/", path.length - 2) + 1);
  if (name.startsWith(wanted)) return 4;
  if (path.startsWith(wanted)) return 3;
  if (name.includes(wanted)) return 2;
  if (path.includes(wanted)) return 1;
  let at = -1;
  for (const letter of wanted) {
    at = path.indexOf(letter, at + 1);
    if (at < 0) return undefined;
  }
  return 0;
}
