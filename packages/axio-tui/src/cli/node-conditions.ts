/**
 * The conditions that this process was started with (`node --conditions=NAME`), under which Node looks up the entries of
 * packages: plugins are looked up alike.
 */
export function nodeConditions(
  execArgv: readonly string[],
  nodeOptions: string | undefined,
): readonly string[] {
  const words = [...execArgv, ...(nodeOptions ?? "").split(/\s+/)];
  return words.flatMap((word, index) => {
    const [name, value] = word.split("=", 2);
    return name === "--conditions" || name === "-C" ? [value ?? words[index + 1] ?? ""] : [];
  });
}
