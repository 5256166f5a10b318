import { isJsonObject, type JsonObject, type Source } from "axio";
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

/** The pages that a web search found, where it was asked to name them, or the page that it opened or searched. */
export function searchSourcesOf(item: JsonObject): readonly Source[] {
  const { action } = item;
  if (!isJsonObject(action)) return [];
  return [action, ...objectsOf(action["sources"])].flatMap((place): Source[] => {
    const url = textOf(place["url"]);
    const title = textOf(place["title"]);
    return url === undefined ? [] : [{ url, ...(title === undefined ? {} : { title }) }];
  });
}
