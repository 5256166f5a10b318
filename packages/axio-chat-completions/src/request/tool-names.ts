import type { ToolDefinition } from "axio";
import { fingerprint } from "axio/internal";

const LONGEST = 64;
/** How some models prefix the names of functions. */
const PREFIX = "functions.";

/**
 * The names of tools on the wire. The API accepts `^[a-zA-Z0-9_-]{1,64}$`. Other names are fitted, in definitions and in
 * history alike, and the names that the model calls are turned back.
 */
export class ToolNames {
  readonly #startsWithLetter: boolean;
  readonly #wireNames = new Map<string, string>();
  readonly #names = new Map<string, string>();

  constructor(
    tools: readonly Pick<ToolDefinition, "name">[],
    { toolNameStartsWithLetter }: { readonly toolNameStartsWithLetter: boolean },
  ) {
    this.#startsWithLetter = toolNameStartsWithLetter;
    // Names that fit come first, so that no other name takes theirs.
    const sorted = [...tools].sort(
      (left, right) => Number(this.#isGood(right.name)) - Number(this.#isGood(left.name)),
    );
    for (const { name } of sorted) {
      if (this.#wireNames.has(name)) continue;
      const fitted = this.#fit(name);
      const wireName = this.#names.has(fitted) ? shorten(fitted, name) : fitted;
      this.#wireNames.set(name, wireName);
      this.#names.set(wireName, name);
    }
  }

  /** The name as the API accepts it, also of a tool that is no longer offered. */
  toWire(name: string): string {
    return this.#wireNames.get(name) ?? this.#fit(name);
  }

  /** The tool that the model means. `functions.x` means `x`, if there is such a tool. Unknown names stay as they are. */
  fromWire(wireName: string): string {
    const bare = wireName.startsWith(PREFIX) ? wireName.slice(PREFIX.length) : wireName;
    return (
      this.#names.get(wireName) ?? this.#names.get(bare) ?? (this.#wireNames.has(bare) ? bare : wireName)
    );
  }

  /** Whether more characters could make another tool's name of this one. */
  isPrefix(wireName: string): boolean {
    for (const name of this.#names.keys())
      if (name.length > wireName.length && name.startsWith(wireName)) return true;
    return false;
  }

  #isGood(name: string): boolean {
    return this.#fit(name) === name;
  }

  #fit(name: string): string {
    const letters = name.replace(/[^A-Za-z0-9_-]/g, "_");
    const started =
      letters === "" || (this.#startsWithLetter && !/^[A-Za-z_]/.test(letters)) ? `_${letters}` : letters;
    return started.length <= LONGEST ? started : shorten(started, name);
  }
}

function shorten(fitted: string, name: string): string {
  const mark = `_${fingerprint(name, 8)}`;
  return fitted.slice(0, LONGEST - mark.length) + mark;
}
