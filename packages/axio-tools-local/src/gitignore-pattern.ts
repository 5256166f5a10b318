/** Tells whether a path matches. Takes linear time for each segment. */
export type PathTest = (segments: readonly string[]) => boolean;

/** A `.gitignore` rule. */
export interface GitignoreRule {
  readonly isNegated: boolean;
  readonly directoriesOnly: boolean;
  /** Tests a path relative to the directory of the file, converted by {@link toBytes}. */
  readonly matches: PathTest;
}

type SegmentTest = (segment: string) => boolean;
type CharacterTest = (character: string) => boolean;
/** The characters between two stars: a text, or tests of one character each. */
type Part = string | readonly CharacterTest[];

/** Options of {@link parseGitignore}. */
export interface GitignoreOptions {
  /** Whether case does not matter, as on macOS and Windows. */
  readonly ignoreCase: boolean;
}

/** Reads the rules of a `.gitignore` file, in order. The last one that matches decides. */
export function parseGitignore(text: string, options: GitignoreOptions): readonly GitignoreRule[] {
  return toBytes(text.replace(/^\uFEFF/, ""))
    .split("\n")
    .flatMap((line) => parseLine(line.replace(/\r$/, ""), options) ?? []);
}

/**
 * Returns a text with one character for each byte of its UTF-8, because Git compares bytes: `?` matches a single byte. Paths
 * have to be converted before they are tested.
 */
export function toBytes(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString("latin1");
}

function parseLine(line: string, options: GitignoreOptions): GitignoreRule | undefined {
  if (line.startsWith("#")) return undefined;
  let pattern = trimSpaces(line);
  const isNegated = pattern.startsWith("!");
  if (isNegated) pattern = pattern.slice(1);
  const directoriesOnly = pattern.endsWith("/");
  if (directoriesOnly) pattern = pattern.slice(0, -1);
  if (pattern === "") return undefined;
  const segments = pattern.replace(/^\//, "").split("/");
  const [first = ""] = segments;
  // A pattern without a slash applies to a name in every directory.
  if (!pattern.includes("/")) {
    const test = segmentTest(first, options);
    return { isNegated, directoriesOnly, matches: (path) => test(path.at(-1) ?? "") };
  }
  return { isNegated, directoriesOnly, matches: pathTest(segments, options) };
}

/** Removes spaces at the end that no backslash precedes. */
function trimSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " " && !isEscaped(line, end - 1)) end -= 1;
  return line.slice(0, end);
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

/** `**` stands for any number of directories; at the end for everything inside. */
function pathTest(pattern: readonly string[], options: GitignoreOptions): PathTest {
  const groups: SegmentTest[][] = [[]];
  pattern.forEach((segment, index) => {
    if (segment !== "**") groups.at(-1)?.push(segmentTest(segment, options));
    else if (index === pattern.length - 1) groups.push([() => true]);
    // Two in a row are one.
    else if (pattern[index - 1] !== "**") groups.push([]);
  });
  const [first = [], ...rest] = groups;
  const last = rest.pop();
  const matchesAt = (path: readonly string[], at: number, group: readonly SegmentTest[]): boolean =>
    at + group.length <= path.length && group.every((test, index) => test(path[at + index] ?? ""));
  return (path) => {
    if (last === undefined) return path.length === first.length && matchesAt(path, 0, first);
    if (!matchesAt(path, 0, first)) return false;
    let at = first.length;
    for (const group of rest) {
      while (at <= path.length && !matchesAt(path, at, group)) at += 1;
      if (at > path.length) return false;
      at += group.length;
    }
    return path.length - last.length >= at && matchesAt(path, path.length - last.length, last);
  };
}

function segmentTest(pattern: string, { ignoreCase }: GitignoreOptions): SegmentTest {
  const fold = (text: string): string =>
    ignoreCase ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
  const parts = parseParts(fold(pattern));
  // An unclosed class matches nothing.
  if (parts === undefined) return () => false;
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  return (segment) => {
    const text = fold(segment);
    if (last === undefined) return text.length === first.length && startsAt(text, 0, first);
    if (!startsAt(text, 0, first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = find(text, part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && startsAt(text, text.length - last.length, last);
  };
}

function startsAt(text: string, at: number, part: Part): boolean {
  if (typeof part === "string") return text.startsWith(part, at);
  return at + part.length <= text.length && part.every((test, index) => test(text[at + index] ?? ""));
}

function find(text: string, part: Part, from: number): number {
  if (typeof part === "string") return text.indexOf(part, from);
  for (let at = from; at + part.length <= text.length; at += 1) if (startsAt(text, at, part)) return at;
  return -1;
}

/** Splits a pattern at its stars. Returns `undefined` if it is invalid. */
function parseParts(pattern: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  let characters: (string | CharacterTest)[] = [];
  const endPart = (): void => {
    parts.push(
      characters.every((character) => typeof character === "string")
        ? characters.join("")
        : characters.map((one) => (typeof one === "string" ? (other) => other === one : one)),
    );
    characters = [];
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? "";
    if (character === "*") {
      endPart();
      while (pattern[at + 1] === "*") at += 1;
    } else if (character === "?") {
      characters.push(() => true);
    } else if (character === "[") {
      const parsed = parseClass(pattern, at);
      if (parsed === undefined) return undefined;
      characters.push(parsed.test);
      at = parsed.end;
    } else if (character === "\\") {
      at += 1;
      if (at === pattern.length) return undefined;
      characters.push(pattern[at] ?? "");
    } else {
      characters.push(character);
    }
  }
  endPart();
  return parts;
}

const NAMED_CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /^[A-Za-z0-9]$/,
  alpha: /^[A-Za-z]$/,
  blank: /^[ \t]$/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the class of control characters.
  cntrl: /^[\x00-\x1f\x7f]$/,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[ \t\n\v\f\r]$/,
  upper: /^[A-Z]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

/** Reads a class such as `[!a-z[:digit:]]`. Returns `undefined` if it is not closed. */
function parseClass(
  pattern: string,
  start: number,
): { readonly test: CharacterTest; readonly end: number } | undefined {
  let at = start + 1;
  const isNegated = pattern[at] === "!" || pattern[at] === "^";
  if (isNegated) at += 1;
  const tests: CharacterTest[] = [];
  for (const first = at; at < pattern.length; at += 1) {
    if (pattern[at] === "]" && at > first) {
      return { test: (character) => tests.some((test) => test(character)) !== isNegated, end: at };
    }
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 12));
    if (named !== null) {
      const expression = NAMED_CLASSES[named[1] ?? ""];
      if (expression === undefined) return undefined;
      tests.push((character) => expression.test(character));
      at += named[0].length - 1;
      continue;
    }
    if (pattern[at] === "\\") at += 1;
    const from = pattern[at] ?? "";
    let to = from;
    if (pattern[at + 1] === "-" && at + 2 < pattern.length && pattern[at + 2] !== "]") {
      at += pattern[at + 2] === "\\" ? 3 : 2;
      to = pattern[at] ?? "";
    }
    tests.push((character) => character >= from && character <= to);
  }
  return undefined;
}
