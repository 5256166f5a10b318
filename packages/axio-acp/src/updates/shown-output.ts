/** The output of a running call, and how much of it the editor has. */
export interface ShownOutput {
  readonly text: string;
  /** The length of the text when it was sent last. */
  readonly sentLength: number;
}

export const NO_OUTPUT: ShownOutput = { text: "", sentLength: 0 };

/** Below this length, each piece of output is shown at once, in characters. */
const ALWAYS_SHOWN = 4_000;
/** How much of the end of a running call's output is shown, in characters. */
const LONGEST_SHOWN = 20_000;

/**
 * Adds output. `shown` is what to show now; `undefined` if that can wait: each update sends all of it again, so the longer the
 * output, the less often it is sent.
 */
export function addOutput(
  output: ShownOutput,
  delta: string,
): { readonly output: ShownOutput; readonly shown: string | undefined } {
  const text = output.text + delta;
  const isDue = text.length < ALWAYS_SHOWN || text.length >= output.sentLength * 1.25;
  if (!isDue) return { output: { ...output, text }, shown: undefined };
  return { output: { text, sentLength: text.length }, shown: endOf(text) };
}

function endOf(text: string): string {
  if (text.length <= LONGEST_SHOWN) return text;
  const start = text.indexOf("\n", text.length - LONGEST_SHOWN);
  return `…\n${text.slice(start < 0 ? -LONGEST_SHOWN : start + 1)}`;
}
