import { makePicker, type Picker } from "../panels/picker.ts";
import type { PromptHistory } from "../prompt/history.ts";

/** A longer prompt is cut in the list, in characters. */
const LONGEST_LABEL = 300;

/** Returns the list of earlier prompts, the newest first, each once. */
export function historyPicker({ texts }: PromptHistory, choose: (text: string) => void): Picker {
  const newestFirst = [...new Set(texts.toReversed())];
  return makePicker({
    title: "Earlier prompts",
    empty: "There is no earlier prompt yet.",
    items: newestFirst.map((text) => ({
      label: text.slice(0, LONGEST_LABEL),
      choose: () => choose(text),
    })),
  });
}
