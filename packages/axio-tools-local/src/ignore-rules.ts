import { type GitignoreRule, parseGitignore, toBytes } from "./gitignore-pattern.ts";
import { readWhole } from "./text-file.ts";
import type { Location, WorkingDirectory } from "./working-directory.ts";

/** A larger file has no rules. Each entry is compared with all of them. */
const MAX_BYTES = 500_000;

/** The rules of the `.gitignore` files of a directory and its parents. */
export class IgnoreRules {
  readonly #depth: number;
  /** The last one first. */
  readonly #rules: readonly GitignoreRule[];
  readonly #outer: IgnoreRules | undefined;

  private constructor(depth: number, text: string, outer: IgnoreRules | undefined) {
    const ignoreCase = process.platform === "darwin" || process.platform === "win32";
    this.#depth = depth;
    this.#rules = [...parseGitignore(text, { ignoreCase })].reverse();
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
    if (bytes === undefined || bytes.length > MAX_BYTES) return outer;
    return new IgnoreRules(location.parts.length, bytes.toString("utf8"), outer);
  }

  /** Tells whether an entry is ignored. The innermost matching rule decides. */
  ignores({ parts }: Location, isDirectory: boolean): boolean {
    const path = parts.slice(this.#depth).map(toBytes);
    const rule = this.#rules.find(
      ({ directoriesOnly, matches }) => (isDirectory || !directoriesOnly) && matches(path),
    );
    if (rule !== undefined) return !rule.isNegated;
    return this.#outer?.ignores({ path: "", name: "", parts }, isDirectory) ?? false;
  }
}
