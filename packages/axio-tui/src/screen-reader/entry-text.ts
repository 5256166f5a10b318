import { cleanText } from "../theme/clean-text.ts";
import type { Entry, ToolEntry } from "../transcript/entries.ts";
import { shortInput } from "../transcript/tool-call-text.ts";

/** How much of a tool result is read aloud, in characters. */
const LONGEST_RESULT = 400;

/** Returns the entries before the first unfinished one: their text does not change any more. */
export function finishedEntries(entries: readonly Entry[]): readonly Entry[] {
  const unfinished = entries.findIndex(
    (entry) => entry.kind === "tool" && (entry.state === "running" || entry.state === "writing"),
  );
  return unfinished < 0 ? entries : entries.slice(0, unfinished);
}

/** Describes an entry in words, without symbols. */
export function entryText(entry: Entry): string {
  return cleanText(describe(entry), true).trim();
}

function describe(entry: Entry): string {
  switch (entry.kind) {
    case "user":
      return `You: ${[entry.text, ...entry.attachments.map((name) => `Attached: ${name}`)].join("\n")}`;
    case "text": {
      const speaker = entry.isRefusal
        ? "Assistant declines"
        : entry.isCommentary
          ? "Assistant, interim"
          : "Assistant";
      const sources = entry.sources.map(
        ({ url, title }) => `Source: ${title === undefined ? url : `${title}, ${url}`}`,
      );
      return `${speaker}: ${[entry.text, ...sources].join("\n")}`;
    }
    case "reasoning":
      return `Reasoning: ${entry.text}`;
    case "tool":
      return describeTool(entry);
    case "hosted-tool":
      return `Tool ${entry.name}: ${[entry.detail, entry.status].filter((part) => part !== undefined).join(", ")}`;
    case "image":
      return `Picture: ${entry.label}`;
    case "notice": {
      const level = { info: "Note", warning: "Warning", error: "Error" }[entry.level];
      return [`${level}: ${entry.text}`, ...(entry.remedy === undefined ? [] : [entry.remedy])].join("\n");
    }
    case "retry":
      return `Warning: ${entry.error.message} Retrying.`;
  }
}

function describeTool(entry: ToolEntry): string {
  const outcome = entry.state === "failed" ? "failed" : "done";
  const result = cleanText((entry.result ?? "").slice(0, 4 * LONGEST_RESULT), true);
  const excerpt = result.length > LONGEST_RESULT ? `${result.slice(0, LONGEST_RESULT)} and more` : result;
  return [`Tool ${entry.name} ${shortInput(entry)}: ${outcome}.`, excerpt, ...entry.attachments]
    .filter((part) => part !== "")
    .join("\n");
}
