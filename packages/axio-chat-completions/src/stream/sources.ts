import type { JsonObject, Source } from "axio";
import { readNumber, readObject, readObjects, readText } from "../json-members.ts";

/** The pages that `annotations` cite. OpenRouter sends 0 for offsets that it does not know. */
export function readAnnotations(annotations: unknown): readonly Source[] {
  return readObjects(annotations).flatMap((annotation): Source[] => {
    const citation = readObject(annotation["url_citation"]) ?? annotation;
    const url = readText(citation["url"]);
    if (annotation["type"] !== "url_citation" || url === undefined) return [];
    const start = readNumber(citation["start_index"]) ?? 0;
    const end = readNumber(citation["end_index"]) ?? 0;
    return [{ ...page(url, citation["title"]), ...(end > start && start >= 0 ? { start, end } : {}) }];
  });
}

/** The pages that a chunk lists for the whole response: Perplexity's `citations`, with the titles of `search_results`. */
export function readCitations(chunk: JsonObject): readonly Source[] | undefined {
  const { citations } = chunk;
  if (citations === undefined && chunk["search_results"] === undefined) return undefined;
  const results = readObjects(chunk["search_results"]);
  if (!Array.isArray(citations)) return results.length === 0 ? undefined : pages(results);
  const titles = new Map(results.map((result) => [result["url"], result["title"]]));
  return citations.flatMap((citation: unknown): readonly Source[] => {
    const url = readText(citation);
    return url === undefined ? pages(readObjects([citation])) : [page(url, titles.get(url))];
  });
}

/** The pages in a list of objects. */
export function pages(objects: readonly JsonObject[]): readonly Source[] {
  return objects.flatMap((object) => {
    const url = readText(object["url"]);
    return url === undefined ? [] : [page(url, object["title"])];
  });
}

function page(url: string, title: unknown): Source {
  return { url, title: readText(title) };
}
