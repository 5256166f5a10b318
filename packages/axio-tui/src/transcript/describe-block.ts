import type { Block, DataSource, FileBlock, HostedToolBlock, ImageBlock, ToolResultBlock } from "axio";

/** Describes an attachment: `"photo.pdf (application/pdf, 12 kB)"`. */
export function describeAttachment(block: ImageBlock | FileBlock): string {
  const size = sourceSize(block.source);
  const details = [block.mediaType, ...(size === undefined ? [] : [formatBytes(size)])].join(", ");
  if (block.type === "file" && block.name !== undefined) return `${block.name} (${details})`;
  return block.type === "image" ? `picture (${details})` : `file (${details})`;
}

/** Formats a size: `"12 kB"`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${Number((bytes / 1_000_000).toFixed(1))} MB`;
}

/** Describes the input of a hosted tool on one line: the query, the page. */
export function describeHostedTool({ input }: HostedToolBlock): string | undefined {
  for (const member of ["query", "queries", "url", "pattern", "prompt", "code", "name"]) {
    const value = input[member];
    if (typeof value === "string" && value !== "") return value;
    if (Array.isArray(value) && value.length > 0) return value.map(String).join(", ");
  }
  return undefined;
}

/** Returns the text of a tool result, and descriptions of its attachments. */
export function describeResult({ content }: ToolResultBlock): {
  readonly text: string;
  readonly attachments: readonly string[];
} {
  if (typeof content === "string") return { text: content, attachments: [] };
  const texts: string[] = [];
  const attachments: string[] = [];
  for (const part of content) {
    if (part.type === "text") texts.push(part.text);
    else attachments.push(describeAttachment(part));
  }
  return { text: texts.join("\n"), attachments };
}

/** Describes the pictures and files among blocks. */
export function describeAttachments(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) =>
    block.type === "image" || block.type === "file" ? [describeAttachment(block)] : [],
  );
}

function sourceSize(source: DataSource): number | undefined {
  return source.kind === "base64" ? Math.floor(source.data.length * 0.75) : undefined;
}
