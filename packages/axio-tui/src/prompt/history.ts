/** What was said before, and which of it is shown. */
export interface PromptHistory {
  readonly texts: readonly string[];
  /** The place in `texts`; their number where nothing of it is shown. */
  readonly at: number;
  /** What was being written before the history was looked at. */
  readonly draft: string;
}

export const EMPTY_HISTORY: PromptHistory = { texts: [], at: 0, draft: "" };

const LONGEST = 500;

/** The history with one more text. The same twice in a row stands once. */
export function remember({ texts }: PromptHistory, text: string): PromptHistory {
  const all = texts.at(-1) === text || text === "" ? texts : [...texts, text].slice(-LONGEST);
  return { texts: all, at: all.length, draft: "" };
}

/** The text before (-1) or after (1); `undefined` where there is none. */
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
