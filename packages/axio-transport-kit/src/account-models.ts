import { AxioError, type Capability, type ModelRegistry, type ModelSpec, throwIfAborted } from "axio";
import { abortable } from "axio-http/internal";
import { isSignInError } from "./errors.ts";
import { nameModels, unreadableModels } from "./model-list.ts";
import type { ApiService } from "./service.ts";

/** How long a list of models is valid, in milliseconds: as long as in the official Codex CLI. */
export const MODELS_TTL_MS: number = 300_000;

/** The capabilities of a model that no list holds. Compared by identity, to tell such a model from a listed one. */
export const UNKNOWN_CAPABILITIES: readonly Capability[] = ["text", "tool-use"];

/** The models of an account and the default model of its requests. */
export class AccountModels<C extends object> {
  readonly #service: ApiService<C>;
  readonly #builtIn: ModelRegistry;
  #list: ModelRegistry;
  #default: string | ModelSpec;
  /** Whether the default is settled: by the caller, or by the account's list. */
  #isSettled: boolean;
  /** The request for the account's list, while the default depends on it. */
  #choosing: Promise<void> | undefined;
  /** The account's list as it was received, and until when it is valid. */
  #received: ModelRegistry | undefined;
  #validUntil = 0;
  #etag: string | undefined;
  /** The newest other version that a response announced. It is requested once, even if its ETag never becomes ours. */
  #announcedEtag: string | undefined;

  /** @throws AxioError `invalid-argument` for an empty model id. */
  constructor(service: ApiService<C>) {
    const { options, config } = service;
    this.#service = service;
    this.#builtIn = options.models ?? config.models.builtIn;
    this.#list = this.#builtIn;
    this.#isSettled = options.model !== undefined;
    this.#default = options.model ?? config.models.defaultId;
    describe(this.#default, this.#list);
  }

  /** The models that are known so far. */
  get list(): ModelRegistry {
    return this.#list;
  }

  /** The model of requests that name none. */
  get default(): ModelSpec {
    return describe(this.#default, this.#list);
  }

  /**
   * Returns the account's models. A list that is still valid is not requested again. If it is not available, the built-in
   * list is returned.
   *
   * @throws AxioError `aborted`.
   */
  async fetch(signal: AbortSignal | undefined): Promise<ModelRegistry> {
    try {
      this.#adopt(await this.#get(signal));
    } catch (error) {
      throwIfAborted(signal);
      this.#service.warn(error);
      this.#list = this.#builtIn;
    }
    return this.#list;
  }

  /** Returns the model of a request, as far as it is known without asking the service. */
  describe(model: string | ModelSpec | undefined): ModelSpec {
    return model === undefined ? this.default : describe(model, this.#list);
  }

  /**
   * Resolves the model of a request. If neither the request nor the options name one, the default of the transport is used
   * if the account has it, and otherwise the first model of the account. Its list is requested once for that.
   */
  async resolve(model: string | ModelSpec | undefined, signal: AbortSignal | undefined): Promise<ModelSpec> {
    if (model !== undefined) return describe(model, this.#list);
    if (!this.#isSettled) {
      this.#choosing ??= this.#chooseDefault().finally(() => {
        this.#choosing = undefined;
      });
      await abortable(this.#choosing, signal);
    }
    return this.default;
  }

  /**
   * Reads the version of the list that response headers state. The current version stays valid longer; another one is
   * requested.
   *
   * @param signalOf Returns the signal of that request.
   * @returns The end of that request, which never fails; `undefined` if there is none.
   */
  noteVersion(headers: Headers, signalOf: () => AbortSignal): Promise<void> | undefined {
    const { etagHeader } = this.#service.config.models;
    const etag = etagHeader === undefined ? null : headers.get(etagHeader);
    if (etag === null || this.#etag === undefined) return undefined;
    if (etag === this.#etag) this.#validUntil = Date.now() + MODELS_TTL_MS;
    if (etag === this.#etag || etag === this.#announcedEtag) return undefined;
    this.#announcedEtag = etag;
    this.#validUntil = 0;
    return this.#update(signalOf());
  }

  /** Adds the models of the account to the error of a model that it does not have. */
  async explain(error: AxioError, signal: AbortSignal | undefined): Promise<AxioError> {
    const models = await this.#request(signal).catch(() => undefined);
    return models === undefined ? error : nameModels(error, models);
  }

  async #update(signal: AbortSignal): Promise<void> {
    try {
      const models = await this.#request(signal);
      if (models.size > 0) this.#list = models;
    } catch (error) {
      if (!signal.aborted) this.#service.warn(error);
    }
  }

  async #chooseDefault(): Promise<void> {
    try {
      const models = await this.#get();
      if (models.size > 0) this.#adopt(models);
    } catch (error) {
      // Without credentials the call fails anyway. The first one with credentials requests the list.
      if (isSignInError(error)) throw error;
      this.#service.warn(error);
    }
    this.#isSettled = true;
  }

  #adopt(models: ModelRegistry): void {
    const [first] = models;
    this.#list = first === undefined ? this.#builtIn : models;
    if (this.#isSettled || first === undefined) return;
    if (!models.has(this.default.id)) this.#default = first.id;
    this.#isSettled = true;
  }

  async #get(signal?: AbortSignal): Promise<ModelRegistry> {
    throwIfAborted(signal);
    return this.#received !== undefined && Date.now() < this.#validUntil
      ? this.#received
      : this.#request(signal);
  }

  async #request(signal?: AbortSignal): Promise<ModelRegistry> {
    let etag: string | null = null;
    const { models, skipped } = await this.#service.config.models.load(async (path, body) => {
      const response = await this.#service.getJson(this.#service.endpoint(path), { body, signal });
      etag ??= response.headers.get("etag");
      return response.body;
    });
    if (skipped > 0) this.#service.warn(unreadableModels(skipped));
    this.#received = models;
    this.#etag = etag ?? undefined;
    this.#validUntil = Date.now() + MODELS_TTL_MS;
    return models;
  }
}

/**
 * Returns the description of a model.
 *
 * @throws AxioError `invalid-argument` for an empty id.
 */
function describe(model: string | ModelSpec, models: ModelRegistry): ModelSpec {
  const id: unknown = typeof model === "string" ? model : model.id;
  if (typeof id !== "string" || id.trim() === "") {
    throw new AxioError(
      "invalid-argument",
      `The model's name is empty. Name one, such as ${JSON.stringify(models.ids()[0] ?? "gpt-5.5")}, or omit it.`,
    );
  }
  if (typeof model !== "string") return model;
  // A model that is not on the list may be newer than the list: the service decides.
  return models.find(model) ?? { id: model, capabilities: UNKNOWN_CAPABILITIES };
}
