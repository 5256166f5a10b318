import { isJsonObject, type JsonObject, type Source } from "axio";
import { indexOf, objectsOf, textOf } from "./wire-event.ts";

/** Returns the pages that a part of a message cites. Other annotations stay in the part. */
export function sourcesOf(part: JsonObject): readonly Source[] | undefined {
  const sources = objectsOf(part["annotations"]).flatMap((annotation): Source[] => {
    const url = textOf(annotation["url"]);
    if (annotation["type"] !== "url_citation" || url === undefined) return [];
    return [
      {
        url,
        title: textOf(annotation["title"]),
        start: indexOf(annotation["start_index"]),
        end: indexOf(annotation["end_index"]),
      },
    ];
  });
  return sources.length === 0 ? undefined : sources;
}

/** Returns the pages that a web search found, if they were requested, or the page that it opened or searched. */
export function searchSourcesOf(item: JsonObject): readonly Source[] {
  const { action } = item;
  if (!isJsonObject(action)) return [];
  return [action, ...objectsOf(action["sources"])].flatMap((place): Source[] => {
    const url = textOf(place["url"]);
    return url === undefined ? [] : [{ url, title: textOf(place["title"]) }];
  });
}
