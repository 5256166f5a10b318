import type { Block, Message, ToolResultBlock } from "axio";
import type { StoredSession } from "axio/internal";

/** Exports a session as JSON, without loss. `parseMessages(JSON.parse(text).messages)` reads the messages. */
export function sessionToJson(session: StoredSession, messages: readonly Message[]): string {
  const { id, createdAt, updatedAt, directory, forkedFrom, tokenCount } = session;
  const dates = { createdAt, updatedAt };
  const content = { format: "axio-session", version: 1, id, ...dates, directory, forkedFrom, tokenCount };
  return `${JSON.stringify({ ...content, messages }, undefined, 2)}\n`;
}

const ROLE_TITLES = { system: "System", user: "User", assistant: "Assistant" } as const;

/** Exports a session as Markdown: texts, reasoning, tool calls and their results. Images and files are only named. */
export function sessionToMarkdown(session: StoredSession, messages: readonly Message[]): string {
  const title = oneLine(session.preview) || "Session";
  const parts = [
    `# ${title}`,
    `Session ${session.id}, started ${new Date(session.createdAt).toISOString()}.`,
  ];
  for (const { role, content } of messages) {
    const blocks = content.map(blockToMarkdown).filter((text) => text !== "");
    if (blocks.length === 0) continue;
    // Tool results are in messages with the role `user`.
    const isOnlyResults = content.every(({ type }) => type === "tool-result");
    parts.push(`## ${isOnlyResults ? "Tools" : ROLE_TITLES[role]}`, ...blocks);
  }
  return `${parts.join("\n\n")}\n`;
}

function blockToMarkdown(block: Block): string {
  switch (block.type) {
    case "text":
      return block.text.trim();
    case "reasoning":
      return quote(block.text.trim());
    case "image":
      return `*[image, ${block.mediaType}]*`;
    case "file":
      return `*[file ${oneLine(block.name ?? "")}, ${block.mediaType}]*`;
    case "tool-use":
      return `**${oneLine(block.name)}**\n\n${fence(block.inputText ?? JSON.stringify(block.input, undefined, 2), "json")}`;
    case "tool-result":
      return `**Result${block.isError ? " (failed)" : ""}**\n\n${resultToMarkdown(block)}`;
    case "hosted-tool":
      return `**${oneLine(block.name)}**\n\n${fence(JSON.stringify(block.input, undefined, 2), "json")}${block.output === undefined ? "" : `\n\n${fence(block.output)}`}`;
    case "opaque":
      return `*[${oneLine(block.kind)}]*`;
  }
}

function resultToMarkdown({ content }: ToolResultBlock): string {
  if (typeof content === "string") return fence(content);
  return content
    .map((part) => (part.type === "text" ? fence(part.text) : blockToMarkdown(part)))
    .join("\n\n");
}

function quote(text: string): string {
  return text === "" ? "" : text.replace(/^/gm, "> ");
}

// A fence must be longer than any fence inside.
function fence(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text.replace(/\n$/, "")}\n${ticks}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
