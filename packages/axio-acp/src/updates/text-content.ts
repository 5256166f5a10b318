import type { ContentBlock, ToolCallContent } from "@agentclientprotocol/sdk";
import type { DataSource, ToolResultBlock, ToolResultContent } from "axio";

/** Text in a code block, because editors show the content of tool calls as Markdown. */
export function fenced(text: string, language = ""): ToolCallContent {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const end = text.endsWith("\n") || text === "" ? "" : "\n";
  return {
    type: "content",
    content: { type: "text", text: `${fence}${language}\n${text}${end}${fence}` },
  };
}

/** The content of a tool result. */
export function resultContent({ content }: ToolResultBlock): ToolCallContent[] {
  if (typeof content === "string") return content === "" ? [] : [fenced(content)];
  return content.flatMap(partContent);
}

function partContent(part: ToolResultContent): ToolCallContent[] {
  switch (part.type) {
    case "text":
      return part.text === "" ? [] : [fenced(part.text)];
    case "image":
      return [{ type: "content", content: imageContent(part.mediaType, part.source) }];
    case "file":
      return [{ type: "content", content: { type: "text", text: `File: ${part.name ?? part.mediaType}` } }];
  }
}

/** An image: its data, or a link to it. */
export function imageContent(mimeType: string, source: DataSource): ContentBlock {
  if (source.kind === "base64") return { type: "image", data: source.data, mimeType };
  return { type: "resource_link", name: "image", uri: source.url, mimeType };
}
