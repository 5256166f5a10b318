import { UNKNOWN } from "./pattern.ts";
import type { SimpleCommand } from "./split-command.ts";

/** Words that need no quotes. */
const SAFE_WORD = /^[\w@%+=:,./~^-]+$/;

/** The text of a command that rules are compared with: one space between words, single quotes where they are needed. */
export function commandText({ assignments, words }: SimpleCommand): string {
  return [...assignments.map(quoteValue), ...words.map(quoteWord)].join(" ");
}

function quoteValue(assignment: string): string {
  const at = assignment.indexOf("=") + 1;
  return at === 0 || at === assignment.length
    ? assignment
    : assignment.slice(0, at) + quoteWord(assignment.slice(at));
}

function quoteWord(word: string): string {
  if (word.includes(UNKNOWN) || SAFE_WORD.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
