/** The earlier prompts, and the one that is shown. */
export interface PromptHistory {
  readonly texts: readonly string[];
  /** The index in `texts`; its length if no earlier prompt is shown. */
  readonly at: number;
  /** The text of the editor before the history was shown. */
  readonly draft: string;
}

export const EMPTY_HISTORY: PromptHistory = { texts: [], at: 0, draft: "" };

/** How many prompts are remembered. */
const MAX_PROMPTS = 1_000;

/** Adds a prompt, unless it repeats the last one. */
export function remember({ texts }: PromptHistory, text: string): PromptHistory {
  const all = texts.at(-1) === text || text === "" ? texts : [...texts, text].slice(-MAX_PROMPTS);
  return { texts: all, at: all.length, draft: "" };
}

/** Puts the prompts of earlier runs before those of this one. */
export function restoreHistory({ texts, draft }: PromptHistory, earlier: readonly string[]): PromptHistory {
  const all = [...earlier, ...texts].slice(-MAX_PROMPTS);
  return { texts: all, at: all.length, draft };
}

/** Returns the previous (-1) or next (1) prompt, if there is one. */
export function recall(
  history: PromptHistory,
  by: -1 | 1,
  current: string,
): { readonly history: PromptHistory; readonly text: string } | undefined {
  const at = history.at + by;
  if (at < 0 || at > history.texts.length) return undefined;
  const draft = history.at === history.texts.length ? current : history.draft;
  return { history: { ...history, at, draft }, text: history.texts[at] ?? draft };
}
