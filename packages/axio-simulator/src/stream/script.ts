/** The tokens that a response reports. Counts that are omitted are estimated. */
export interface ScriptedUsage {
  /** Default: one token for four characters of the request. */
  readonly inputTokens?: number | undefined;
  /** The part of the input that came from the prompt cache. */
  readonly cachedTokens?: number | undefined;
  /** The output, reasoning included. Default: one token for four characters. */
  readonly outputTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

/** One step of a script. */
export type Step =
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "think"; readonly text: string }
  | { readonly kind: "refuse"; readonly text: string }
  /** `input` is JSON for a function and text for a custom tool. */
  | { readonly kind: "call"; readonly name: string; readonly input: string }
  | { readonly kind: "search"; readonly query: string }
  | { readonly kind: "cite"; readonly url: string; readonly text: string }
  | { readonly kind: "draw"; readonly prompt: string }
  /** Hosted tools of the Messages API. */
  | { readonly kind: "web-fetch"; readonly url: string }
  | { readonly kind: "code-execution"; readonly code: string }
  | { readonly kind: "tool-search"; readonly query: string }
  /** Pauses the turn, which the client continues with the same messages. */
  | { readonly kind: "pause" }
  | { readonly kind: "wait"; readonly milliseconds: number }
  /** The tokens that the response reports. */
  | { readonly kind: "usage"; readonly usage: ScriptedUsage }
  | { readonly kind: "fail"; readonly fault: string }
  | { readonly kind: "replay"; readonly name: string };

/** The steps of one response. */
export type Section = readonly Step[];

/**
 * Reads the directives of a prompt, one per line in lower case. Other lines are ignored.
 *
 * @returns The sections between `then` lines, one for each response. Empty if the prompt has no directive.
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
  if (line === "pause-turn") return { kind: "pause" };
  const [, verb, rest] =
    /^(say|think|refuse|call|search|cite|draw|web-fetch|code-execution|tool-search|wait|usage|fail|replay) (.+)$/.exec(
      line,
    ) ?? [];
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
    case "web-fetch":
      return { kind: "web-fetch", url: rest };
    case "code-execution":
      return { kind: "code-execution", code: unescapeText(rest) };
    case "tool-search":
      return { kind: "tool-search", query: rest };
    case "wait": {
      const [, amount, unit] = /^(\d+)(ms|s)$/.exec(rest) ?? [];
      if (amount === undefined) return undefined;
      return { kind: "wait", milliseconds: Number(amount) * (unit === "s" ? 1000 : 1) };
    }
    case "usage":
      return readUsage(rest);
    case "fail":
      return { kind: "fail", fault: rest };
    default:
      return { kind: "replay", name: rest };
  }
}

/** Reads `input=20 cached=10 output=5 reasoning=2`, each of which may be missing. */
function readUsage(text: string): Step | undefined {
  const counts = text.split(/\s+/).map((pair) => /^(input|cached|output|reasoning)=(\d+)$/.exec(pair));
  if (counts.includes(null)) return undefined;
  const usage = Object.fromEntries(counts.map((match) => [`${match?.[1]}Tokens`, Number(match?.[2])]));
  return { kind: "usage", usage };
}

/** Replaces `\n`, `\t` and `\\` with a line break, a tab and a backslash. */
function unescapeText(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, character: string) =>
    character === "n" ? "\n" : character === "t" ? "\t" : "\\",
  );
}

/** Replaces `{{result 1}}`, `{{result 2}}`, … with the tool results of this script. */
export function quoteResults(text: string, results: readonly string[]): string {
  return text.replace(
    /\{\{result (\d+)\}\}/g,
    (_, index: string) => results[Number(index) - 1] ?? `(no result ${index})`,
  );
}

/** The index of the first section that has no calls, or whose calls do not have all their results. */
export function currentSection(sections: readonly Section[], resultCount: number): number {
  let calls = 0;
  for (const [index, section] of sections.entries()) {
    const own = section.filter((step) => step.kind === "call").length;
    calls += own;
    if (own === 0 || resultCount < calls) return index;
  }
  return sections.length;
}
