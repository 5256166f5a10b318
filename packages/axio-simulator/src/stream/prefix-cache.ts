import { createHash } from "node:crypto";
import { countTokens } from "./envelope.ts";

/** A prompt cache that finds the longest prefix that an earlier request had, like that of OpenAI. */
export class PrefixCache {
  readonly #prefixes = new Set<string>();

  /**
   * Records a request.
   *
   * @param parts The request in the order of the cache: tools, then messages.
   * @returns The tokens that are read from the cache: a multiple of 128, at least 1,024, or 0.
   */
  record(model: string, parts: readonly unknown[]): number {
    const hash = createHash("sha256").update(model);
    let tokens = 0;
    let cached = 0;
    for (const part of parts) {
      const text = JSON.stringify(part) ?? "";
      tokens += countTokens(text);
      const prefix = hash.update(`\n${text}`).copy().digest("base64");
      if (this.#prefixes.has(prefix)) cached = tokens;
      this.#prefixes.add(prefix);
    }
    const stepped = Math.floor(cached / 128) * 128;
    return stepped < 1024 ? 0 : stepped;
  }
}
