/** A path that a prompt may name. */
export interface NamedPath {
  /** The word as the user wrote it, without `@` and quotes. */
  readonly word: string;
  /** The paths that the word may mean, the most literal first. */
  readonly candidates: readonly string[];
  /** Whether the word looks like a path even if there is no such file. */
  readonly looksLikePath: boolean;
}

const IMAGE_NAME = /\.(?:png|jpe?g|gif|webp)$/i;
/** The ends of a path in a sentence: a possessive, a line of the file, brackets, quotes and punctuation. */
const SUFFIXES = [
  /['’]s$/u,
  /#L\d+(?:-L?\d+)?$/iu,
  /:\d+(?:[:,-]\d+)*$/u,
  /[.,;:!?…()[\]{}<>"'’”»`*_—–、。，；：！？）」』】]$/u,
  /[,;—–(]\S*$/u,
];
const OPENING = /^[([{<"'“‘«`*（「『【]+/u;

// After `@`: a quoted path, or a word. A letter before it makes it an address. Without `@`: a path that a terminal inserts for
// a dropped file, in single quotes or with escaped spaces.
const WORDS =
  /(?<![\p{L}\p{N}_.+\-@])@(?:"([^"\n]+)"|'([^'\n]+)'|`([^`\n]+)`|((?:(?![,;]@)\S)+))|(?<=^|\s)(?:'([^'\n]+)'|((?:[^\s\\'"@]|\\.)+))/gu;

/** Returns the paths that a prompt names: those after `@`, and paths of pictures, as a terminal inserts dropped files. */
export function namedPaths(text: string): readonly NamedPath[] {
  const found: NamedPath[] = [];
  for (const match of text.slice(0, 100_000).matchAll(WORDS)) {
    const [, double, single, tick, word, dropped, plain] = match;
    const quoted = double ?? single ?? tick;
    if (quoted !== undefined) found.push({ word: quoted, candidates: [quoted], looksLikePath: true });
    else if (word !== undefined) found.push(...namedBy(word));
    const bare = dropped ?? plain?.replace(/\\(.)/g, "$1");
    if (bare !== undefined && IMAGE_NAME.test(bare) && /^(?:\.{0,2}\/|~\/|file:|[A-Za-z]:\\)/.test(bare))
      found.push({ word: bare, candidates: [bare], looksLikePath: false });
  }
  return found;
}

function namedBy(word: string): readonly NamedPath[] {
  const candidates: string[] = [];
  let path = word;
  for (;;) {
    const inner = path.replace(OPENING, "");
    candidates.push(path, inner);
    const suffix = SUFFIXES.find((pattern) => pattern.test(path));
    if (suffix === undefined) break;
    path = path.replace(suffix, "");
  }
  const unique = [...new Set(candidates)].filter((candidate) => !/^\.*$/.test(candidate));
  const shortest = unique.at(-1);
  return shortest === undefined
    ? []
    : [{ word: shortest, candidates: unique, looksLikePath: looksLikePath(shortest) }];
}

/** A mention (`@ada`) and a package (`@types/node`) do not; a name with an extension or a place does. */
function looksLikePath(word: string): boolean {
  if (/^(?:\.{1,2}|~)?\//.test(word) || word.endsWith("/")) return true;
  if (/\.(?=\w*[a-z])\w{1,5}$/i.test(word)) return true;
  return word.split("/").length > 2;
}
