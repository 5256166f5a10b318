import { AxioError } from "./errors.ts";

/** What a model can do. Open-ended: providers may name their own. */
export type Capability =
  | "text"
  | "vision"
  | "reasoning"
  | "tool-use"
  | "file-input"
  | "audio-input"
  | (string & {});

/** What a model costs, in US dollars for a million tokens. Subscriptions have no price: the member is absent. */
export interface ModelCost {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
  readonly cachedInputPerMillion?: number | undefined;
}

/** One model, as a transport describes it. */
export interface ModelSpec {
  /** The name that goes over the wire. */
  readonly id: string;
  /** The name that is shown. Default: `id`. */
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  /** The largest input in tokens, where it is known. */
  readonly contextWindow?: number | undefined;
  /** The largest input that the provider may be asked to allow, in tokens, where it is more. */
  readonly maxContextWindow?: number | undefined;
  /** The largest output in tokens, where it is known. */
  readonly maxOutputTokens?: number | undefined;
  readonly capabilities: readonly Capability[];
  /** The reasoning efforts that it takes, least first. */
  readonly efforts?: readonly string[] | undefined;
  readonly defaultEffort?: string | undefined;
  /** What the model takes, as its provider says it: `"text"`, `"image"`, `"audio"`. Absent where it does not say. */
  readonly inputModalities?: readonly string[] | undefined;
  /** The service tiers to choose from. */
  readonly serviceTiers?: readonly string[] | undefined;
  readonly cost?: ModelCost | undefined;
  /** What only this model's transport understands. */
  readonly providerData?: { readonly [member: string]: unknown } | undefined;
}

/**
 * An unchanging list of models, in the provider's order.
 *
 * @example
 * ```ts
 * const models = new ModelRegistry([{ id: "gpt-4.1", capabilities: ["text", "tool-use"] }]);
 * models.get("gpt-4.1").id; // "gpt-4.1"
 * ```
 */
export class ModelRegistry implements Iterable<ModelSpec> {
  readonly #models: ReadonlyMap<string, ModelSpec>;

  /** @throws AxioError `invalid-argument` where an id is empty or stands twice. */
  constructor(models: Iterable<ModelSpec>) {
    const byId = new Map<string, ModelSpec>();
    for (const model of models) {
      if (model.id === "")
        throw new AxioError(
          "invalid-argument",
          "A model has an empty id. Give each model the name that its provider uses.",
        );
      if (byId.has(model.id))
        throw new AxioError(
          "invalid-argument",
          `The model ${JSON.stringify(model.id)} is listed twice. Remove one of the entries.`,
        );
      byId.set(model.id, model);
    }
    this.#models = byId;
  }

  /** How many models there are. */
  get size(): number {
    return this.#models.size;
  }

  [Symbol.iterator](): IterableIterator<ModelSpec> {
    return this.#models.values();
  }

  /** Whether a model of this id is listed. */
  has(id: string): boolean {
    return this.#models.has(id);
  }

  /** The model of this id, or `undefined`. */
  find(id: string): ModelSpec | undefined {
    return this.#models.get(id);
  }

  /**
   * The model of this id.
   *
   * @throws AxioError `model-not-supported` where there is none; `details.models` and the message name those there are.
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

  /** All ids, in order. */
  ids(): readonly string[] {
    return [...this.#models.keys()];
  }

  /** The models whose id begins with `prefix`. */
  byPrefix(prefix: string): ModelRegistry {
    return this.#where((model) => model.id.startsWith(prefix));
  }

  /** The models that have all of these capabilities. */
  byCapability(...capabilities: readonly Capability[]): ModelRegistry {
    return this.#where((model) =>
      capabilities.every((capability) => model.capabilities.includes(capability)),
    );
  }

  /** The models whose id, shown name or description holds every word of `query`, upper or lower case alike. */
  search(query: string): ModelRegistry {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    return this.#where((model) => {
      const text = `${model.id} ${model.displayName ?? ""} ${model.description ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  /** The models ordered by the price of their output, then input, cheapest first. Those without a price come last, in their own order. */
  byCost(): ModelRegistry {
    const price = (model: ModelSpec): readonly [number, number] => [
      model.cost?.outputPerMillion ?? Number.POSITIVE_INFINITY,
      model.cost?.inputPerMillion ?? Number.POSITIVE_INFINITY,
    ];
    const compare = (left: number, right: number): number => (left === right ? 0 : left < right ? -1 : 1);
    return new ModelRegistry(
      [...this].sort((left, right) => {
        const [leftOutput, leftInput] = price(left);
        const [rightOutput, rightInput] = price(right);
        return compare(leftOutput, rightOutput) || compare(leftInput, rightInput);
      }),
    );
  }

  #where(keep: (model: ModelSpec) => boolean): ModelRegistry {
    return new ModelRegistry([...this].filter(keep));
  }
}
