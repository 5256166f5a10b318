import type { JsonObject, Source } from "axio";
import { indexOf, objectsOf, textOf } from "./wire-event.ts";

/** The pages that a part of a message refers to. Other kinds of annotation stay with the part. */
export function sourcesOf(part: JsonObject): { readonly sources?: readonly Source[] } {
  const sources = objectsOf(part["annotations"]).flatMap((annotation): Source[] => {
    const url = textOf(annotation["url"]);
    if (annotation["type"] !== "url_citation" || url === undefined) return [];
    const title = textOf(annotation["title"]);
    const start = indexOf(annotation["start_index"]);
    const end = indexOf(annotation["end_index"]);
    return [
      {
        url,
        ...(title === undefined ? {} : { title }),
        ...(start === undefined ? {} : { start }),
        ...(end === undefined ? {} : { end }),
      },
    ];
  });
  return sources.length === 0 ? {} : { sources };
}
