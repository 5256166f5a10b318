import ignore, { type Ignore } from "ignore";
import type { Folder, Place } from "./folder.ts";
import { readWhole } from "./text-file.ts";

/** What the `.gitignore` files of a folder, and of those around it, leave out. */
export class IgnoreRules {
  readonly #base: string;
  readonly #ignore: Ignore;
  readonly #outer: IgnoreRules | undefined;

  private constructor(base: string, rules: string, outer: IgnoreRules | undefined) {
    this.#base = base;
    this.#ignore = ignore().add(rules);
    this.#outer = outer;
  }

  /** The rules below a folder: those around it, and those of its own file where it has one. */
  static async read(
    folder: Folder,
    place: Place,
    outer: IgnoreRules | undefined,
  ): Promise<IgnoreRules | undefined> {
    const file = { path: `${place.path}/.gitignore`, name: `${place.name}/.gitignore`, parts: [] };
    // Rules that cannot be read are none, as for Git.
    const bytes = await readWhole(folder, file).catch(() => undefined);
    return bytes === undefined ? outer : new IgnoreRules(place.name, bytes.toString("utf8"), outer);
  }

  /** Tells whether something is left out. The innermost rule that speaks of it decides. */
  leavesOut(name: string, isFolder: boolean): boolean {
    const relative = this.#base === "." ? name : name.slice(this.#base.length + 1);
    const { ignored, unignored } = this.#ignore.test(isFolder ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
    return this.#outer?.leavesOut(name, isFolder) ?? false;
  }
}
