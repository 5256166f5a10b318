import { delimiter, isAbsolute, sep } from "node:path";
import { isInside } from "./contained-file.ts";

/**
 * Removes the entries of a search path (`PATH`) through which a directory could bring programs of its own: relative and empty
 * ones, and its `node_modules`, which `npx` and `npm run` add.
 *
 * @param directory The working directory, absolute.
 */
export function outsideSearchPath(path: string, directory: string): string {
  return path
    .split(delimiter)
    .filter((entry) => isAbsolute(entry))
    .filter((entry) => !(isInside(directory, entry) && entry.split(sep).includes("node_modules")))
    .join(delimiter);
}
