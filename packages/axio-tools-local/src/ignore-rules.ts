import ignore, { type Ignore } from "ignore";
import { readWhole } from "./text-file.ts";
import type { Location, WorkingDirectory } from "./working-directory.ts";

/** The rules of the `.gitignore` files of a directory and its parents. */
export class IgnoreRules {
  readonly #base: string;
  readonly #ignore: Ignore;
  readonly #outer: IgnoreRules | undefined;

  private constructor(base: string, rules: string, outer: IgnoreRules | undefined) {
    this.#base = base;
    this.#ignore = ignore().add(rules);
    this.#outer = outer;
  }

  /** Adds a directory's own rules to those of its parents. */
  static async read(
    directory: WorkingDirectory,
    location: Location,
    outer: IgnoreRules | undefined,
  ): Promise<IgnoreRules | undefined> {
    const file = { path: `${location.path}/.gitignore`, name: `${location.name}/.gitignore`, parts: [] };
    // Git ignores an unreadable file, too.
    const bytes = await readWhole(directory, file).catch(() => undefined);
    return bytes === undefined ? outer : new IgnoreRules(location.name, bytes.toString("utf8"), outer);
  }

  /** Tells whether an entry is ignored. The innermost matching rule decides. */
  ignores(name: string, isDirectory: boolean): boolean {
    const relative = this.#base === "." ? name : name.slice(this.#base.length + 1);
    const { ignored, unignored } = this.#ignore.test(isDirectory ? `${relative}/` : relative);
    if (ignored || unignored) return ignored;
    return this.#outer?.ignores(name, isDirectory) ?? false;
  }
}
