import type { Transaction } from "./connection.ts";

/** How many prompts are stored. */
const MAX_STORED = 5_000;
/** A longer prompt is not stored, in characters. */
const LONGEST_PROMPT = 1_000_000;

/** Options of `SessionDatabase.prompts()`. */
export interface PromptOptions {
  /** Prompts of this directory come last, as the newest. Default: the order in which they were sent. */
  readonly directory?: string | undefined;
  /** The maximum number of prompts. Default: 1,000. */
  readonly limit?: number | undefined;
}

/** Stores a prompt, unless it repeats the last one of its directory. Deletes the oldest of too many. */
export function insertPrompt(transaction: Transaction, text: string, directory: string): void {
  if (text === "" || text.length > LONGEST_PROMPT) return;
  const [last] = transaction.rows(
    "SELECT text FROM prompt WHERE directory = ? ORDER BY id DESC LIMIT 1",
    directory,
  );
  // SQLite ends a string at NUL.
  const stored = text.replaceAll("\0", " ");
  if (last?.["text"] === stored) return;
  const id = transaction.run("INSERT INTO prompt (directory, text) VALUES (?, ?)", directory, stored);
  transaction.run("DELETE FROM prompt WHERE id <= ?", id - MAX_STORED);
}

/** Reads prompts, oldest first. */
export function readPrompts(
  transaction: Transaction,
  { directory, limit = 1_000 }: PromptOptions,
): readonly string[] {
  return transaction
    .rows("SELECT text FROM prompt ORDER BY directory IS ? DESC, id DESC LIMIT ?", directory ?? null, limit)
    .map(({ text }) => String(text))
    .reverse();
}
