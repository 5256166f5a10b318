/** One thing a script asks for. */
export type Step =
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "think"; readonly text: string }
  | { readonly kind: "refuse"; readonly text: string }
  /** `input` is the rest of the line as written: JSON for a function, free text for a custom tool. */
  | { readonly kind: "call"; readonly name: string; readonly input: string }
  | { readonly kind: "search"; readonly query: string }
  | { readonly kind: "cite"; readonly url: string; readonly text: string }
  | { readonly kind: "draw"; readonly prompt: string }
  | { readonly kind: "wait"; readonly milliseconds: number }
  | { readonly kind: "fail"; readonly fault: string }
  | { readonly kind: "replay"; readonly name: string };

/** The steps of one response. */
export type Section = readonly Step[];

/**
 * Reads the directives of a prompt: one a line, in lower case, other lines are prose and do nothing.
 *
 * @returns The sections between `then` lines, one a response; empty where the prompt has no directive.
 *
 * @example
 * ```ts
 * parseScript('call read_file {"path":"README.md"}\nthen\nsay It says: {{result 1}}');
 * ```
 */
export function parseScript(prompt: string): readonly Section[] {
  const sections: Step[][] = [[]];
  let directives = 0;
  for (const line of prompt.split(/\r?\n/)) {
    const text = line.trim();
    if (text === "then") {
      sections.push([]);
      continue;
    }
    const step = parseStep(text);
    if (step === undefined) continue;
    directives += 1;
    sections.at(-1)?.push(step);
  }
  return directives === 0 ? [] : sections;
}

function parseStep(line: string): Step | undefined {
  const [, verb, rest] = /^(say|think|refuse|call|search|cite|draw|wait|fail|replay) (.+)$/.exec(line) ?? [];
  if (verb === undefined || rest === undefined) return undefined;
  switch (verb) {
    case "say":
    case "think":
    case "refuse":
      return { kind: verb, text: unescapeText(rest) };
    case "call": {
      const [, name, input] = /^([\w.:-]+)(?: (.*))?$/.exec(rest) ?? [];
      return name === undefined ? undefined : { kind: "call", name, input: input ?? "{}" };
    }
    case "search":
      return { kind: "search", query: rest };
    case "cite": {
      const [, url, text] = /^(\S+) (.+)$/.exec(rest) ?? [];
      return url === undefined || text === undefined ? undefined : { kind: "cite", url, text };
    }
    case "draw":
      return { kind: "draw", prompt: rest };
    case "wait": {
      const [, amount, unit] = /^(\d+)(ms|s)$/.exec(rest) ?? [];
      if (amount === undefined) return undefined;
      return { kind: "wait", milliseconds: Number(amount) * (unit === "s" ? 1000 : 1) };
    }
    case "fail":
      return { kind: "fail", fault: rest };
    default:
      return { kind: "replay", name: rest };
  }
}

/** `\n` and `\t` in a directive stand for a line break and a tab, `\\` for a backslash. */
function unescapeText(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, character: string) =>
    character === "n" ? "\n" : character === "t" ? "\t" : "\\",
  );
}

/** Puts tool results in the place of `{{result 1}}`, `{{result 2}}`, … (1 is the first of this script). */
export function quoteResults(text: string, results: readonly string[]): string {
  return text.replace(
    /\{\{result (\d+)\}\}/g,
    (_, index: string) => results[Number(index) - 1] ?? `(no result ${index})`,
  );
}

/**
 * The section to answer with, given how many tool results have come since the prompt.
 *
 * A section is done with once every call up to and including its own has its result.
 */
export function currentSection(sections: readonly Section[], resultCount: number): number {
  let calls = 0;
  for (const [index, section] of sections.entries()) {
    const own = section.filter((step) => step.kind === "call").length;
    calls += own;
    if (own === 0 || resultCount < calls) return index;
  }
  return sections.length;
}
