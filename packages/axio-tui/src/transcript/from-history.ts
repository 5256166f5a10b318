import type { Message } from "axio";
import { describeAttachments } from "./describe-block.ts";
import { type Entry, nextEntryId, type ToolEntry } from "./entries.ts";
import { blockEntry, finishTool } from "./live-call.ts";

/** The entries of a conversation that was stored. */
export function entriesOf(messages: readonly Message[]): readonly Entry[] {
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
      if (at !== undefined && tool?.kind === "tool") entries[at] = finishTool(tool, block);
    }
    const said = userEntry(message);
    if (said !== undefined) entries.push(said);
  }
  return entries.map((entry) => (isUnanswered(entry) ? { ...entry, state: "failed" } : entry));
}

/** What a message of the user says, as an entry; `undefined` where it holds tool results alone. Files that came with it are named. */
export function userEntry(message: Message): Entry | undefined {
  const files: string[] = [];
  const texts: string[] = [];
  for (const block of message.content) {
    if (block.type !== "text") continue;
    const path = FILE_TEXT.exec(block.text)?.[1];
    if (path === undefined) texts.push(block.text);
    else files.push(path);
  }
  const text = texts.join("");
  const attachments = [...files, ...describeAttachments(message.content)];
  if (text === "" && attachments.length === 0) return undefined;
  return { kind: "user", id: nextEntryId(), text, attachments };
}

/** How a text file begins that was given with a prompt. */
const FILE_TEXT = /^<file path="((?:[^"\\]|\\.)*)">\n/;

function isUnanswered(entry: Entry): entry is ToolEntry {
  return entry.kind === "tool" && entry.state === "running";
}
