import { type AxioError, type ModelRegistry, type ModelSpec, throwIfAborted } from "axio";
import { abortable } from "axio-auth";
import { CLIENT_VERSION, DEFAULT_MODEL, HEADERS } from "../config.ts";
import { CODEX_MODELS } from "../models.ts";
import { modelOf } from "../options.ts";
import { isSignInError } from "../sign-in-errors.ts";
import type { Backend } from "./backend.ts";
import { ModelCache } from "./model-cache.ts";
import { namingModels, parseModels, unreadableModels } from "./models.ts";

/** What {@link AccountModels} is made of. */
export interface AccountModelsOptions {
  readonly backend: Backend;
  /** The caller's choice. Without one the account's default is taken. */
  readonly model: string | ModelSpec | undefined;
  /** The list before the account's own is known. */
  readonly models: ModelRegistry | undefined;
  readonly warn: (warning: unknown) => void;
}

/** The models of an account, and the one in use. */
export class AccountModels {
  /** The models to choose from. */
  list: ModelRegistry;
  readonly #backend: Backend;
  readonly #fallback: ModelRegistry;
  readonly #warn: (warning: unknown) => void;
  readonly #cache = new ModelCache();
  #current: ModelSpec;
  #isChosen: boolean;
  /** The question for the account's models, where the caller left the choice to us. */
  #choosing: Promise<void> | undefined;

  /** @throws AxioError `invalid-argument` for an empty name. */
  constructor({ backend, model, models, warn }: AccountModelsOptions) {
    this.#backend = backend;
    this.#warn = warn;
    this.#fallback = models ?? CODEX_MODELS;
    this.list = this.#fallback;
    this.#isChosen = model !== undefined;
    this.#current = modelOf(model ?? DEFAULT_MODEL, this.list);
  }

  /** The model in use. */
  get current(): ModelSpec {
    return this.#current;
  }

  /** Chooses the model for the calls to come. */
  set current(model: ModelSpec) {
    this.#current = modelOf(model, this.list);
    this.#isChosen = true;
  }

  /** Asks for the list; what was asked a short while ago holds. Falls back to the list from before the account's own. */
  async fetch(signal: AbortSignal | undefined): Promise<ModelRegistry> {
    try {
      const models = await this.#get(signal);
      this.list = models.size === 0 ? this.#fallback : models;
    } catch (error) {
      throwIfAborted(signal);
      this.#warn(error);
      this.list = this.#fallback;
    }
    return this.list;
  }

  /**
   * The model for a call. Where the caller named none: `gpt-4.1` if the account has it, else the account's first. Asks
   * once.
   */
  async settle(signal: AbortSignal | undefined): Promise<ModelSpec> {
    if (!this.#isChosen) {
      this.#choosing ??= this.#takeDefault().finally(() => {
        this.#choosing = undefined;
      });
      await abortable(this.#choosing, signal);
    }
    return this.#current;
  }

  /** Takes note of the list that an answer speaks of. Where it is another one, asks for it; a failure ends nothing. */
  async note(headers: Headers, signal: AbortSignal): Promise<void> {
    if (!this.#cache.note(headers.get(HEADERS.modelsEtag), Date.now())) return;
    try {
      const models = await this.#ask(signal);
      if (models.size === 0) return;
      if (this.list.find(this.#current.id) === this.#current) {
        this.#current = models.find(this.#current.id) ?? this.#current;
      }
      this.list = models;
    } catch (error) {
      if (!signal.aborted) this.#warn(error);
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
      const [first = this.#current] = models;
      if (models.size > 0) this.list = models;
      if (!this.#isChosen) this.#current = models.find(this.#current.id) ?? first;
    } catch (error) {
      // Without a sign-in the call fails anyhow, and the first one with a sign-in asks.
      if (isSignInError(error)) throw error;
      this.#warn(error);
    }
    this.#isChosen = true;
  }

  async #get(signal?: AbortSignal): Promise<ModelRegistry> {
    throwIfAborted(signal);
    return this.#cache.get(Date.now()) ?? this.#ask(signal);
  }

  async #ask(signal?: AbortSignal): Promise<ModelRegistry> {
    const url = this.#backend.endpoint("models");
    url.searchParams.set("client_version", CLIENT_VERSION);
    let etag: string | null = null;
    const body = await this.#backend.getJson(url, signal, (headers) => {
      etag = headers.get("etag");
    });
    const { models, skipped } = parseModels(body);
    if (skipped > 0) this.#warn(unreadableModels(skipped));
    this.#cache.set(models, etag, Date.now());
    return models;
  }
}
