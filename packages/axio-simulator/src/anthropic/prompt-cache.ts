import { createHash } from "node:crypto";
import { isObject, type JsonObject } from "../json.ts";
import { countTokens } from "../stream/envelope.ts";
import type { ClaudeModel } from "./models.ts";
import { type CachePart, cacheParts, lifetimeOf } from "./rules/cache.ts";

/** The input of a request by its price. */
export interface CachedUsage {
  /** Tokens that are neither read nor written. */
  readonly inputTokens: number;
  readonly readTokens: number;
  readonly writtenTokens: Readonly<Record<"5m" | "1h", number>>;
}

interface Entry {
  readonly lifetimeMs: number;
  expiresAt: number;
}

/** A part with everything before it. */
interface Prefix {
  readonly hash: string;
  /** Of the part and everything before it. */
  readonly tokens: number;
  /** The mark after the part. */
  readonly lifetime: "5m" | "1h" | undefined;
}

const LIFETIMES_MS = { "5m": 300_000, "1h": 3_600_000 } as const;

/** How many parts before a mark the service looks for an earlier entry. */
const LOOK_BACK = 20;

/** The prompt cache of a workspace: prefixes by their digest, each for five minutes or an hour. */
export class PromptCache {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Reads and writes the prefixes of a request, and returns what its input costs. */
  account(body: JsonObject, model: ClaudeModel): CachedUsage {
    const prefixes = prefixesOf(body, model);
    const total = prefixes.at(-1)?.tokens ?? 0;
    const marks = prefixes.flatMap((prefix, index) => (prefix.lifetime === undefined ? [] : [index]));
    const read = Math.max(-1, ...marks.map((mark) => this.#find(prefixes, mark)));
    const readTokens = prefixes[read]?.tokens ?? 0;
    const writtenTokens = { "5m": 0, "1h": 0 };
    let last = readTokens;
    for (const mark of marks) {
      const prefix = prefixes[mark];
      if (prefix?.lifetime === undefined || prefix.tokens < model.cacheMinimum) continue;
      if (prefix.tokens > last) {
        writtenTokens[prefix.lifetime] += prefix.tokens - last;
        last = prefix.tokens;
      }
      this.#write(prefix.hash, prefix.lifetime);
    }
    return { inputTokens: total - last, readTokens, writtenTokens };
  }

  /** The longest prefix within reach of a mark that has an entry, or -1. A read extends its time. */
  #find(prefixes: readonly Prefix[], mark: number): number {
    for (let index = mark; index >= Math.max(0, mark - LOOK_BACK + 1); index -= 1) {
      const entry = this.#entries.get(prefixes[index]?.hash ?? "");
      if (entry === undefined || entry.expiresAt <= this.#now()) continue;
      entry.expiresAt = this.#now() + entry.lifetimeMs;
      return index;
    }
    return -1;
  }

  #write(hash: string, lifetime: "5m" | "1h"): void {
    const lifetimeMs = LIFETIMES_MS[lifetime];
    const known = this.#entries.get(hash);
    const isLonger = known !== undefined && known.lifetimeMs > lifetimeMs && known.expiresAt > this.#now();
    if (!isLonger) this.#entries.set(hash, { lifetimeMs, expiresAt: this.#now() + lifetimeMs });
  }
}

/** The tokens of the input of a request. */
export function inputTokensOf(body: JsonObject): number {
  return cacheParts(body).reduce((sum, part) => sum + partTokens(part), 0);
}

function prefixesOf(body: JsonObject, model: ClaudeModel): readonly Prefix[] {
  const parts = cacheParts(body);
  const automatic = isObject(body["cache_control"]) ? lastCacheable(parts) : -1;
  const hash = createHash("sha256").update(model.id);
  let tokens = 0;
  let isInMessages = false;
  return parts.map((part, index) => {
    if (part.level === "messages" && !isInMessages) {
      isInMessages = true;
      // These change the messages only.
      hash.update(JSON.stringify([body["tool_choice"], body["thinking"], body["output_format"]]));
    }
    tokens += partTokens(part);
    const { cache_control: _mark, ...value } = part.value;
    const digest = hash
      .update(`\n${part.level} ${JSON.stringify(value)}`)
      .copy()
      .digest("base64");
    const mark = body["cache_control"];
    const own = index === automatic && isObject(mark) ? (mark["ttl"] === "1h" ? "1h" : "5m") : undefined;
    return { hash: digest, tokens, lifetime: lifetimeOf(part) ?? own };
  });
}

function lastCacheable(parts: readonly CachePart[]): number {
  return parts.findLastIndex(
    ({ value }) => !["thinking", "redacted_thinking"].includes(String(value["type"])),
  );
}

/** An image has a fixed price; everything else about a token for four characters. */
function partTokens({ value }: CachePart): number {
  const { cache_control: _mark, ...rest } = value;
  let images = 0;
  const text = JSON.stringify(rest, (name, member: unknown) => {
    if (name !== "source" || !isObject(member) || member["type"] !== "base64") return member;
    images += 1;
    return "";
  });
  return countTokens(text) + images * 1500;
}
