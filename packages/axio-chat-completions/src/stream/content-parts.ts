import { isJsonObject, type JsonValue } from "axio";
import { readText } from "../json-members.ts";
import type { TaggedFragment } from "./reasoning-tags.ts";

/** The text and reasoning in `content` that is an array, as Mistral sends it. Unknown parts count if they hold text. */
export function readContentParts(parts: readonly JsonValue[]): readonly TaggedFragment[] {
  return parts.flatMap((part): readonly TaggedFragment[] => {
    if (typeof part === "string") return part === "" ? [] : [{ isReasoning: false, text: part }];
    if (!isJsonObject(part)) return [];
    const { thinking } = part;
    if (Array.isArray(thinking)) {
      return readContentParts(thinking).map(({ text }) => ({ isReasoning: true, text }));
    }
    const text = readText(thinking);
    if (text !== undefined) return [{ isReasoning: true, text }];
    const said = readText(part["text"]);
    return said === undefined ? [] : [{ isReasoning: false, text: said }];
  });
}
