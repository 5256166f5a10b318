import { isAbsolute, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { ContentBlock, EmbeddedResourceResource } from "@agentclientprotocol/sdk";
import type { Block } from "axio";
import { fileText } from "axio-tui/internal";
import { invalidParams } from "./request-error.ts";

/**
 * Converts a prompt of the editor.
 *
 * @param cwd The working directory: files in it are named relative to it.
 * @throws RequestError -32602 for content that the agent does not announce, such as audio.
 */
export function promptBlocks(prompt: readonly ContentBlock[], cwd: string): readonly Block[] {
  const blocks = prompt.map((part) => toBlock(part, cwd));
  const isEmpty = blocks.every((block) => block.type === "text" && block.text.trim() === "");
  if (isEmpty) throw invalidParams("The prompt is empty. Write something.");
  return blocks.filter((block) => block.type !== "text" || block.text !== "");
}

function toBlock(part: ContentBlock, cwd: string): Block {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return {
        type: "image",
        mediaType: part.mimeType,
        source: { kind: "base64", data: part.data },
      };
    case "resource":
      return resourceBlock(part.resource, cwd);
    case "resource_link":
      return { type: "text", text: `[${part.name}](${placeOf(part.uri, cwd)})` };
    case "audio":
      throw invalidParams("Audio cannot be sent. Send text, images or files.");
    default:
      throw invalidParams("This kind of content cannot be sent. Send text, images or files.");
  }
}

function resourceBlock(resource: EmbeddedResourceResource, cwd: string): Block {
  const place = placeOf(resource.uri, cwd);
  if ("text" in resource) return { type: "text", text: fileText(place, resource.text) };
  const mediaType = resource.mimeType ?? "application/octet-stream";
  const source = { kind: "base64", data: resource.blob } as const;
  if (mediaType.startsWith("image/")) return { type: "image", mediaType, source };
  return { type: "file", mediaType, source, name: place.split("/").at(-1) };
}

/** The path of a file, relative if it is in the working directory; other addresses as they are. */
function placeOf(uri: string, cwd: string): string {
  const path = filePath(uri);
  if (path === undefined) return uri;
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

function filePath(uri: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  try {
    // An editor may add the lines of a selection: #L10:20.
    return fileURLToPath(uri.replace(/[?#].*$/, ""));
  } catch {
    return undefined;
  }
}
