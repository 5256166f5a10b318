import { type AxioError, type ModelRegistry, type ModelSpec, throwIfAborted } from "axio";
import { abortable } from "axio-auth";
import type { Backend } from "./backend.ts";
import type { BearerCredentials } from "./credentials.ts";
import { ModelCache } from "./model-cache.ts";
import { modelOf } from "./model-choice.ts";
import { type ModelOrder, namingModels, parseModels, unreadableModels } from "./model-list.ts";
import { isSignInError } from "./sign-in-errors.ts";

/** What {@link AccountModels} is made of. */
export interface AccountModelsOptions<C extends BearerCredentials> {
  readonly backend: Backend<C>;
  /** Where the account's list is. */
  readonly url: URL;
  /** Which of the list comes first. */
  readonly order: ModelOrder;
  /** The header in which an answer names the list that there is by now. Default: answers do not tell. */
  readonly tagHeader?: string;
  /** The caller's choice. Without one the account's default is taken. */
  readonly model: string | ModelSpec | undefined;
  /** The model where nobody chose one, if the account has it or its list is not to be had. */
  readonly defaultModel: string;
  /** The list before the account's own is known. */
  readonly models: ModelRegistry;
  readonly warn: (warning: unknown) => void;
}

/** The models of an account, and the one that requests use by default. */
export class AccountModels<C extends BearerCredentials> {
  readonly #options: AccountModelsOptions<C>;
  readonly #cache = new ModelCache();
  #list: ModelRegistry;
  #default: string | ModelSpec;
  #isChosen: boolean;
  /** The question for the account's models, where the caller left the choice to us. */
  #choosing: Promise<void> | undefined;

  /** @throws AxioError `invalid-argument` for an empty name. */
  constructor(options: AccountModelsOptions<C>) {
    const { model, models, defaultModel } = options;
    this.#options = options;
    this.#list = models;
    this.#isChosen = model !== undefined;
    this.#default = model ?? defaultModel;
    modelOf(this.#default, models);
  }

  /** The models that are known so far. */
  get list(): ModelRegistry {
    return this.#list;
  }

  /** The model of requests that name none. */
  get current(): ModelSpec {
    return modelOf(this.#default, this.#list);
  }

  /** Asks for the list; what was asked a short while ago holds. Falls back to the list from before the account's own. */
  async fetch(signal: AbortSignal | undefined): Promise<ModelRegistry> {
    try {
      this.#adopt(await this.#get(signal));
    } catch (error) {
      throwIfAborted(signal);
      this.#options.warn(error);
      this.#list = this.#options.models;
    }
    return this.#list;
  }

  /**
   * The model of a request. If neither it nor the options name one: the default if the account has it, else the
   * account's first. The account's models are requested once.
   *
   * @throws AxioError `invalid-argument` for an empty name.
   */
  async resolveModel(
    model: string | ModelSpec | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ModelSpec> {
    if (model !== undefined) return modelOf(model, this.#list);
    if (!this.#isChosen) {
      this.#choosing ??= this.#takeDefault().finally(() => {
        this.#choosing = undefined;
      });
      await abortable(this.#choosing, signal);
    }
    return this.current;
  }

  /**
   * Takes note of the list that an answer speaks of. Where it is another one, asks for it; a failure ends nothing.
   *
   * @returns Where it asks, the end of that.
   */
  note(headers: Headers, signal: AbortSignal): Promise<void> | undefined {
    const { tagHeader } = this.#options;
    const tag = tagHeader === undefined ? null : headers.get(tagHeader);
    return this.#cache.note(tag, Date.now()) ? this.#takeNew(signal) : undefined;
  }

  async #takeNew(signal: AbortSignal): Promise<void> {
    try {
      const models = await this.#ask(signal);
      if (models.size > 0) this.#list = models;
    } catch (error) {
      if (!signal.aborted) this.#options.warn(error);
    }
  }

  /** An error of a model that the account does not have, with the names of those that it has. */
  async explain(error: AxioError, signal: AbortSignal | undefined): Promise<AxioError> {
    const models = await this.#ask(signal).catch(() => undefined);
    return models === undefined ? error : namingModels(error, models);
  }

  async #takeDefault(): Promise<void> {
    try {
      const models = await this.#get();
      if (models.size > 0) this.#adopt(models);
    } catch (error) {
      // Without a sign-in the call fails anyhow, and the first one with a sign-in asks.
      if (isSignInError(error)) throw error;
      this.#options.warn(error);
    }
    this.#isChosen = true;
  }

  #adopt(models: ModelRegistry): void {
    const [first] = models;
    this.#list = first === undefined ? this.#options.models : models;
    if (this.#isChosen || first === undefined) return;
    if (!models.has(this.current.id)) this.#default = first.id;
    this.#isChosen = true;
  }

  async #get(signal?: AbortSignal): Promise<ModelRegistry> {
    throwIfAborted(signal);
    return this.#cache.get(Date.now()) ?? this.#ask(signal);
  }

  async #ask(signal?: AbortSignal): Promise<ModelRegistry> {
    const { backend, url, order } = this.#options;
    let etag: string | null = null;
    const body = await backend.getJson(url, signal, (headers) => {
      etag = headers.get("etag");
    });
    const { models, skipped } = parseModels(body, order);
    if (skipped > 0) this.#options.warn(unreadableModels(skipped));
    this.#cache.set(models, etag, Date.now());
    return models;
  }
}
