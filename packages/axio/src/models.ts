import { AxioError } from "./errors.ts";
import { describeModel, isModel } from "./option-rules.ts";

/** A capability of a model. Providers may add their own. */
export type Capability =
  | "text"
  | "vision"
  | "reasoning"
  | "tool-use"
  | "file-input"
  | "audio-input"
  | (string & {});

/** The price of a model in US dollars per million tokens. */
export interface ModelCost {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
  readonly cachedInputPerMillion?: number | undefined;
  /** Of tokens that are written to the cache. Default: `inputPerMillion`. */
  readonly cacheWritePerMillion?: number | undefined;
  /** The prices of requests with a longer input, as factors for the whole request. Default: all requests cost the same. */
  readonly longContext?:
    | { readonly aboveTokens: number; readonly inputFactor: number; readonly outputFactor: number }
    | undefined;
}

/** A model, as its provider lists it. Properties that the provider does not state are absent. */
export interface ModelSpec {
  /** The id in requests. */
  readonly id: string;
  /** The name that users see. Default: `id`. */
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  /** The largest input in tokens. */
  readonly contextWindow?: number | undefined;
  /** The largest input in tokens that the provider allows on request. */
  readonly maxContextWindow?: number | undefined;
  /** The largest output in tokens. */
  readonly maxOutputTokens?: number | undefined;
  readonly capabilities: readonly Capability[];
  /** The reasoning efforts, lowest first. */
  readonly efforts?: readonly string[] | undefined;
  readonly defaultEffort?: string | undefined;
  /** The provider's names of the accepted input: `"text"`, `"image"`, `"audio"`. */
  readonly inputModalities?: readonly string[] | undefined;
  readonly serviceTiers?: readonly string[] | undefined;
  /** Absent for subscriptions. */
  readonly cost?: ModelCost | undefined;
  /** Data that only the model's transport reads. */
  readonly providerData?: { readonly [member: string]: unknown } | undefined;
}

/**
 * An immutable list of models, in the provider's order.
 *
 * @example
 * ```ts
 * const models = new ModelRegistry([{ id: "gpt-4.1", capabilities: ["text", "tool-use"] }]);
 * models.get("gpt-4.1").id; // "gpt-4.1"
 * ```
 */
export class ModelRegistry implements Iterable<ModelSpec> {
  readonly #models: ReadonlyMap<string, ModelSpec>;

  /** @throws AxioError `invalid-argument` if a model cannot be used, or an id is listed twice. */
  constructor(models: Iterable<ModelSpec>) {
    const byId = new Map<string, ModelSpec>();
    if (typeof (models as Iterable<ModelSpec> | undefined | null)?.[Symbol.iterator] !== "function")
      throw new AxioError("invalid-argument", `The models are not a list. Pass one: [{ id, capabilities }].`);
    for (const model of models) {
      if (model.id === "")
        throw new AxioError("invalid-argument", "A model has an empty id. Give each model an id.");
      // Without types, anything may arrive here.
      if (!isModel(model))
        throw new AxioError("invalid-argument", `A model cannot be used. Pass ${describeModel(model)}.`);
      if (byId.has(model.id))
        throw new AxioError(
          "invalid-argument",
          `The model ${JSON.stringify(model.id)} is listed twice. Remove one of the entries.`,
        );
      byId.set(model.id, model);
    }
    this.#models = byId;
  }

  /** The number of models. */
  get size(): number {
    return this.#models.size;
  }

  [Symbol.iterator](): IterableIterator<ModelSpec> {
    return this.#models.values();
  }

  /** Returns whether the model is listed. */
  has(id: string): boolean {
    return this.#models.has(id);
  }

  /** Returns the model, or `undefined` if it is not listed. */
  find(id: string): ModelSpec | undefined {
    return this.#models.get(id);
  }

  /**
   * Returns the model.
   *
   * @throws AxioError `model-not-supported` if it is not listed. The message and `details.models` name the listed ones.
   */
  get(id: string): ModelSpec {
    const model = this.#models.get(id);
    if (model !== undefined) return model;
    const models = this.ids();
    throw new AxioError(
      "model-not-supported",
      `There is no model ${JSON.stringify(id)}. ${models.length === 0 ? "The list of models is empty." : `Choose one of: ${models.join(", ")}.`}`,
      { details: { models } },
    );
  }

  /** Returns all ids, in order. */
  ids(): readonly string[] {
    return [...this.#models.keys()];
  }
}
