import { createInterface } from "node:readline";
import { abortedError, throwIfAborted } from "axio";
import type { CommandContext } from "../host/io.ts";
import type { OpenedFolder } from "../host/open-folder.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import { describeItem, describeItems, shown } from "../trust/describe-items.ts";
import { type FolderItem, isUndecided, withAnswer } from "../trust/folder-item.ts";
import { discardInput } from "./discard-input.ts";

/** How long a question takes no input, in milliseconds: what arrives earlier was typed for something else. */
const DEAD_TIME_MS = 500;

/** Stores an answer of the user about items of a folder. */
export async function storeAnswer(
  folder: string,
  items: readonly FolderItem[],
  trusted: boolean,
  settings: SettingsStore,
): Promise<void> {
  await settings.update((current) => ({
    ...current,
    trust: { ...current.trust, [folder]: withAnswer(current.trust[folder] ?? {}, items, trusted) },
  }));
}

/** Forgets all answers of the user about a folder. Returns whether there were any. */
export async function forgetAnswers(folder: string, settings: SettingsStore): Promise<boolean> {
  const had = settings.current.trust[folder] !== undefined;
  await settings.update((current) => {
    const { [folder]: _forgotten, ...trust } = current.trust;
    return { ...current, trust };
  });
  return had;
}

/**
 * Asks whether the items that a folder brings may be used, if the user was not asked about this content yet. Only a word that
 * is typed out counts as an answer. Returns whether there was an answer.
 *
 * @throws AxioError `aborted` after Ctrl-C.
 */
export async function askForTrust(
  { contents, decided }: OpenedFolder,
  settings: SettingsStore,
  { io, out }: Pick<CommandContext, "io" | "out">,
): Promise<boolean> {
  const undecided = decided.filter(isUndecided);
  if (undecided.length === 0) return false;
  const isChange = undecided.some(({ state }) => state === "changed");
  await out.line(
    [
      `The folder ${shown(contents.folder)} brings${isChange ? " something that has changed" : ""}:`,
      "",
      ...describeItems(undecided),
      "",
      "Nothing of this was used yet. Use it only if you trust who wrote it.",
    ].join("\n"),
  );
  await discardInput(io, DEAD_TIME_MS);
  const question = 'Type "trust" to use it, or "no" to continue without it: ';
  const answer = await askWord(question, ["trust", "no"], io);
  if (answer === undefined) return false;
  const items = undecided.map(({ item }) => item);
  await storeAnswer(contents.folder, items, answer === "trust", settings);
  return true;
}

/** Returns a line about what is not used because the user was not asked; `undefined` if there is nothing. */
export function leftOutLine({ decided }: OpenedFolder): string | undefined {
  const undecided = decided.filter(isUndecided);
  if (undecided.length === 0) return undefined;
  const names = undecided.slice(0, 20).map(({ item, state }) => `${describeItem(item)} (${state})`);
  const rest = undecided.length - names.length;
  const all = rest > 0 ? [...names, `${rest} more`] : names;
  return `Not used, because you do not trust it yet: ${all.join(", ")}. See it: axio trust. Use it: axio trust grant.`;
}

/**
 * Asks until the user types one of several words and Enter. Returns `undefined` if the input ends.
 *
 * @throws AxioError `aborted` after Ctrl-C.
 */
async function askWord(
  question: string,
  words: readonly string[],
  { stdin, stdout, signal }: CommandContext["io"],
): Promise<string | undefined> {
  const interrupt = new AbortController();
  const stopped = AbortSignal.any([signal, interrupt.signal]);
  throwIfAborted(stopped);
  const reader = createInterface({ input: stdin, output: stdout, prompt: question });
  reader.once("SIGINT", () => interrupt.abort());
  stopped.addEventListener("abort", () => reader.close(), { once: true });
  try {
    reader.prompt();
    for await (const line of reader) {
      const word = line.trim().toLowerCase();
      if (words.includes(word)) return word;
      reader.prompt();
    }
    if (stopped.aborted) throw abortedError(stopped);
    return undefined;
  } finally {
    reader.close();
  }
}
