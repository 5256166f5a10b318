import { cleanText } from "../theme/clean-text.ts";
import type { Entry, ToolEntry } from "../transcript/entries.ts";
import { toolArguments } from "../transcript/tool-call-text.ts";

/** What is read aloud of a tool's result, in characters. */
const LONGEST_RESULT = 400;

/** The entries that are whole, up to the first that is not: what was read aloud does not change any more. */
export function finishedEntries(entries: readonly Entry[]): readonly Entry[] {
  const open = entries.findIndex(
    (entry) => entry.kind === "tool" && (entry.state === "running" || entry.state === "writing"),
  );
  return open < 0 ? entries : entries.slice(0, open);
}

/** An entry as text that says in words who speaks and how it went, without signs. */
export function spokenEntry(entry: Entry): string {
  return cleanText(words(entry), true).trim();
}

function words(entry: Entry): string {
  switch (entry.kind) {
    case "user":
      return `You: ${[entry.text, ...entry.attachments.map((name) => `Attached: ${name}`)].join("\n")}`;
    case "text": {
      const who = entry.isRefusal
        ? "Assistant declines"
        : entry.isCommentary
          ? "Assistant on the way"
          : "Assistant";
      const sources = entry.sources.map(
        ({ url, title }) => `Source: ${title === undefined ? url : `${title}, ${url}`}`,
      );
      return `${who}: ${[entry.text, ...sources].join("\n")}`;
    }
    case "reasoning":
      return `Thought: ${entry.text}`;
    case "tool":
      return toolWords(entry);
    case "hosted-tool":
      return `Tool ${entry.name}: ${[entry.detail, entry.status].filter((part) => part !== undefined).join(", ")}`;
    case "image":
      return `Picture: ${entry.label}`;
    case "notice": {
      const level = { info: "Note", warning: "Warning", error: "Error" }[entry.level];
      return [`${level}: ${entry.text}`, ...(entry.remedy === undefined ? [] : [entry.remedy])].join("\n");
    }
    case "retry":
      return `Warning: ${entry.error.message} Trying again.`;
  }
}

function toolWords(entry: ToolEntry): string {
  const outcome = entry.state === "failed" ? "failed" : "done";
  const result = cleanText((entry.result ?? "").slice(0, 4 * LONGEST_RESULT), true);
  const said = result.length > LONGEST_RESULT ? `${result.slice(0, LONGEST_RESULT)} and more` : result;
  return [`Tool ${entry.name} ${toolArguments(entry)}: ${outcome}.`, said, ...entry.attachments]
    .filter((part) => part !== "")
    .join("\n");
}
