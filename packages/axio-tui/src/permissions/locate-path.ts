import { realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

/**
 * Returns where a path leads, without symbolic links: relative to a directory if it is inside, otherwise absolute. Nothing has to
 * exist there.
 */
export function locatePath(directory: string, path: string): string {
  const root = realPath(directory);
  const found = realPath(resolve(directory, path));
  const inside = relative(root, found);
  const isOutside = inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside;
  return (isOutside ? found : inside).replaceAll(sep, "/");
}

/** Resolves the part of a path that exists. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), path.slice(parent.length).replace(/^[/\\]/, ""));
  }
}
