import type { Message } from "axio";
import { describeAttachments } from "./describe-block.ts";
import { type Entry, nextEntryId, type ToolEntry } from "./entries.ts";
import { blockEntry, finishTool } from "./live-response.ts";
import { storedCommandEntry } from "./user-commands.ts";

/**
 * Returns the entries of stored messages.
 *
 * @param diffs The changes that tool calls made, by the ids of the calls.
 */
export function historyEntries(
  messages: readonly Message[],
  diffs: ReadonlyMap<string, string> = new Map(),
): readonly Entry[] {
  const entries: Entry[] = [];
  const tools = new Map<string, number>();
  for (const message of messages) {
    if (message.role === "assistant") {
      for (const block of message.content) {
        const entry = blockEntry(block);
        if (entry === undefined) continue;
        if (entry.kind === "tool") tools.set(entry.toolCallId, entries.length);
        entries.push(entry);
      }
      continue;
    }
    for (const block of message.content) {
      if (block.type !== "tool-result") continue;
      const at = tools.get(block.toolCallId);
      const tool = at === undefined ? undefined : entries[at];
      if (at !== undefined && tool?.kind === "tool")
        entries[at] = finishTool({ ...tool, output: diffs.get(block.toolCallId) ?? "" }, block);
    }
    entries.push(...commandEntries(message));
    const prompt = userEntry(message);
    if (prompt !== undefined) entries.push(prompt);
  }
  return entries.map((entry) => (hasNoResult(entry) ? { ...entry, state: "failed" } : entry));
}

/** Returns the entry of a user message; `undefined` if it only has tool results. Attached files are named. */
export function userEntry(message: Message): Entry | undefined {
  const files: string[] = [];
  const texts: string[] = [];
  for (const block of message.content) {
    if (block.type !== "text") continue;
    if (storedCommandEntry(block.text) !== undefined) continue;
    const path = FILE_TEXT.exec(block.text)?.[1];
    if (path === undefined) texts.push(block.text);
    else files.push(path);
  }
  const text = texts.join("");
  const attachments = [...files, ...describeAttachments(message.content)];
  if (text === "" && attachments.length === 0) return undefined;
  return { kind: "user", id: nextEntryId(), text, attachments };
}

/** The commands that the user ran before a prompt. */
function commandEntries({ content }: Message): readonly Entry[] {
  return content.flatMap((block) => (block.type === "text" ? (storedCommandEntry(block.text) ?? []) : []));
}

/** The start of a text file or a folder that was attached to a prompt. */
const FILE_TEXT = /^<(?:file|folder) path="((?:[^"\\]|\\.)*)">\n/;

function hasNoResult(entry: Entry): entry is ToolEntry {
  return entry.kind === "tool" && entry.state === "running";
}
