import type { ModelRegistry } from "axio";

/** How long a list of models holds, in milliseconds: as long as in the official Codex CLI. */
export const MODELS_TTL_MS: number = 300_000;

/** The account's list of models, until it is old or the backend says that there is another. */
export class ModelCache {
  #models: ModelRegistry | undefined;
  #etag: string | undefined;
  /** The other list that was announced last: it is asked for once, also where its tag never comes to be ours. */
  #announced: string | undefined;
  #freshUntil = 0;

  /** The list, while it holds. */
  get(nowMs: number): ModelRegistry | undefined {
    return nowMs < this.#freshUntil ? this.#models : undefined;
  }

  set(models: ModelRegistry, etag: string | null, nowMs: number): void {
    this.#models = models;
    this.#etag = etag ?? undefined;
    this.#freshUntil = nowMs + MODELS_TTL_MS;
  }

  /** Takes note of the list that an answer speaks of: the same one holds longer. Tells whether it is another. */
  note(etag: string | null, nowMs: number): boolean {
    if (etag === null || this.#etag === undefined) return false;
    if (etag === this.#etag) this.#freshUntil = nowMs + MODELS_TTL_MS;
    if (etag === this.#etag || etag === this.#announced) return false;
    this.#announced = etag;
    this.#freshUntil = 0;
    return true;
  }
}
