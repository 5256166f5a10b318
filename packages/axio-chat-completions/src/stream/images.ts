import type { ImageBlock, TransportEvent } from "axio";
import { readObject, readObjects, readText } from "../json-members.ts";
import type { ContentBlocks } from "./content-blocks.ts";

/** Gives out the images of a delta, as OpenRouter's image models send them. An image that comes again is passed over. */
export function addImages(
  images: unknown,
  seen: Set<string>,
  blocks: ContentBlocks,
  out: TransportEvent[],
): void {
  for (const image of readObjects(images)) {
    const url = readText(readObject(image["image_url"])?.["url"]) ?? readText(image["image_url"]);
    if (url === undefined || seen.has(url)) continue;
    seen.add(url);
    const index = blocks.begin(out);
    const block = toImage(url);
    out.push({ type: "image-output", index, image: block }, { type: "block-end", index, block });
  }
}

function toImage(url: string): ImageBlock {
  const dataUrl = /^data:([^;,]+)(?:;[^;,]*)*;base64,/i.exec(url);
  if (dataUrl === null) return { type: "image", mediaType: "image/png", source: { kind: "url", url } };
  const data = url.slice(dataUrl[0].length);
  return { type: "image", mediaType: dataUrl[1] ?? "image/png", source: { kind: "base64", data } };
}
