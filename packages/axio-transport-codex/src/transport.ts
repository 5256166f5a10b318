import {
  AxioError,
  type CompletionTransport,
  fromBatches,
  type ModelRegistry,
  type ModelSpec,
  type RateLimits,
  type StreamRequest,
  type TransportEvent,
  throwIfAborted,
} from "axio";
import { abortable, CredentialSession, type Credentials } from "axio-auth";
import {
  DEFAULT_IDLE_TIMEOUT_MS,
  defaultFetch,
  type FetchLike,
  type RetryPolicy,
  retryStream,
  withDeadline,
} from "axio-http";
import { buildRequestBody, type LiteRequestBody, type RequestBody, toLiteBody } from "axio-responses";
import { authorizedRequest } from "./backend/authorized-request.ts";
import { encodeBody, runtimeZstd } from "./backend/body-encoding.ts";
import { assertContent, assertEffort } from "./backend/check-request.ts";
import { backendHeaders, type ClientIdentity } from "./backend/headers.ts";
import { namingHostedTools } from "./backend/hosted-tool-error.ts";
import { ModelCache } from "./backend/model-cache.ts";
import { namingModels, parseModels, unreadableModels } from "./backend/models.ts";
import { type SortedParameters, sortParameters, withParameters } from "./backend/parameters.ts";
import { readJson } from "./backend/read-json.ts";
import {
  isUnreadableReasoning,
  ReasoningFilter,
  reasoningOrigin,
  tagReasoning,
} from "./backend/reasoning-origin.ts";
import { sessionKey } from "./backend/session-key.ts";
import { streamOnce } from "./backend/stream.ts";
import { TurnStates } from "./backend/turn-states.ts";
import { asksForCompaction } from "./compact-on-server.ts";
import {
  CLIENT_VERSION,
  DEFAULT_MODEL,
  HEADERS,
  ORIGINATOR,
  QUICK_REQUEST_TIMEOUT_MS,
  TRANSPORT_NAME,
} from "./config.ts";
import { tokenLifetime } from "./credentials.ts";
import { CallTrace, traceRefresh } from "./diagnostics.ts";
import { CODEX_MODELS, isLite } from "./models.ts";
import { baseUrlOf, type CodexTransportOptions, issuerOf, modelOf, storeOf } from "./options.ts";
import { parseRateLimitHeaders } from "./rate-limits.ts";
import { retryPolicyOf } from "./retry-policy.ts";
import { isSignInError } from "./sign-in-errors.ts";
import { parseUsage } from "./usage.ts";
import { userAgent } from "./user-agent.ts";

/**
 * Runs an agent on a ChatGPT subscription, through the backend of the Codex CLI.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const agent = new Agent({ transport: new CodexTransport() });
 * console.log(await agent.run("Explain the Rust borrow checker."));
 * ```
 */
export class CodexTransport implements CompletionTransport {
  readonly name: string;
  models: ModelRegistry;
  /** What the account may still use, as the newest answer said it. */
  rateLimits: RateLimits | undefined;
  readonly #options: CodexTransportOptions;
  readonly #baseUrl: URL;
  readonly #fetch: FetchLike;
  readonly #session: CredentialSession<Credentials>;
  readonly #identity: ClientIdentity;
  readonly #retryPolicy: RetryPolicy;
  readonly #turnStates = new TurnStates();
  readonly #modelCache = new ModelCache();
  readonly #reasoning = new ReasoningFilter();
  #parameters: SortedParameters;
  #model: ModelSpec;
  /** The question for the account's models, where the caller left the choice to us. */
  #choosing: Promise<void> | undefined;
  #isChosen: boolean;

  /**
   * @throws AxioError `invalid-argument` for options that contradict each other or cannot be used;
   * `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent.
   */
  constructor(options: CodexTransportOptions = {}) {
    this.#options = options;
    this.name = options.name ?? TRANSPORT_NAME;
    this.#baseUrl = baseUrlOf(options);
    const issuer = issuerOf(options);
    this.#fetch = options.fetch ?? defaultFetch();
    this.models = options.models ?? CODEX_MODELS;
    this.#isChosen = options.model !== undefined;
    this.#model = modelOf(options.model ?? DEFAULT_MODEL, this.models);
    this.#identity = { originator: options.originator ?? ORIGINATOR, userAgent: userAgent() };
    this.#retryPolicy = retryPolicyOf(options);
    this.#parameters = sortParameters(options.parameters ?? {});
    const [refusal] = this.#parameters.refusals;
    if (options.strict === true && refusal !== undefined) throw refusal;
    this.#session = new CredentialSession<Credentials>({
      store: storeOf(options),
      refresh: async (credentials, signal) => {
        // Loaded with the first renewal: a call with a fresh token has no use for it.
        const { refreshAccessToken } = await import("./oauth/refresh.ts");
        return traceRefresh(() => refreshAccessToken(credentials, { issuer, fetch: this.#fetch, signal }));
      },
      expiresAt: ({ expiresAt }) => expiresAt,
      lifetime: ({ accessToken }) => tokenLifetime(accessToken),
      revision: ({ accessToken }) => accessToken,
      onRefresh: options.onAuthRefresh,
      onWarning: options.onWarning,
      signInHint: "Run `npx axio-codex login` first, or pass accessToken.",
    });
  }

  get model(): ModelSpec {
    return this.#model;
  }

  /** Chooses the model for the calls to come. */
  set model(model: ModelSpec) {
    this.#model = modelOf(model, this.models);
    this.#isChosen = true;
  }

  stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    const { deadlineMs } = this.#options;
    return fromBatches(() =>
      deadlineMs === undefined
        ? this.#stream(request)
        : withDeadline(deadlineMs, request.signal, (signal) => this.#stream({ ...request, signal })),
    );
  }

  /**
   * Asks for the account's models and keeps them in `models`. What was asked in the last 5 minutes holds, until an answer
   * says that there is another list. Where nobody is signed in, or the backend does not answer,
   * the list is that of the options, or else `CODEX_MODELS`.
   *
   * @throws AxioError `aborted` only.
   */
  async fetchModels({ signal }: { readonly signal?: AbortSignal } = {}): Promise<ModelRegistry> {
    const fallback = this.#options.models ?? CODEX_MODELS;
    try {
      const models = await this.#listModels(signal);
      this.models = models.size === 0 ? fallback : models;
    } catch (error) {
      throwIfAborted(signal);
      this.#warn(error);
      this.models = fallback;
    }
    return this.models;
  }

  /**
   * Asks what the account may still use.
   *
   * @throws AxioError `unauthenticated`, `network`, and whatever else the backend answers.
   */
  async usage({ signal }: { readonly signal?: AbortSignal } = {}): Promise<RateLimits> {
    const rateLimits = parseUsage(await this.#getJson(this.#endpoint("../wham/usage"), signal));
    this.rateLimits = rateLimits;
    return rateLimits;
  }

  async *#stream(request: StreamRequest): AsyncGenerator<readonly TransportEvent[], void, undefined> {
    const { signal, turnId } = request;
    throwIfAborted(signal);
    if (!this.#isChosen) await this.#chooseModel(signal);
    const conversation = this.#options.sessionId ?? request.conversationId;
    const sessionId = conversation === undefined ? undefined : sessionKey(conversation);
    const model = this.#model;
    assertEffort(model, this.#options.reasoning?.effort);
    assertContent(model, this.models, request.messages);
    this.#warnOfParameters();
    let origin: string | undefined;
    let refreshing: Promise<void> | undefined;
    const leaving = new AbortController();
    const url = this.#endpoint("responses");
    const trace = CallTrace.begin({ model: model.id, url: url.href, sessionId });
    const batches = retryStream(
      (attempt) => {
        trace?.attempt(attempt);
        return streamOnce({
          session: this.#session,
          fetch: this.#fetch,
          url,
          headers: (credentials) => ({
            ...backendHeaders(credentials, this.#identity, sessionId),
            ...this.#turnStates.headers(turnId),
            ...(isLite(model) ? { [HEADERS.lite]: "true" } : {}),
            ...(asksForCompaction(request.messages)
              ? { [HEADERS.betaFeatures]: "remote_compaction_v2" }
              : {}),
            Accept: "text/event-stream",
            "Content-Type": "application/json",
          }),
          body: ({ accountId }) => {
            origin = reasoningOrigin(accountId, model.id);
            const messages = this.#reasoning.readable(request.messages, origin);
            return JSON.stringify(this.#body({ ...request, messages }, model, sessionId));
          },
          encode: async (text) =>
            encodeBody(text, this.#options.compression === false ? undefined : await runtimeZstd()),
          finish: (events) => {
            trace?.events(events);
            return tagReasoning(events, origin);
          },
          signal,
          idleTimeoutMs: this.#options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
          connectTimeoutMs: this.#options.connectTimeoutMs,
          onHeaders: (headers) => this.#noteRateLimits(headers),
          onAnswer: (headers) => {
            this.#turnStates.keep(turnId, headers);
            if (this.#modelCache.note(headers.get(HEADERS.modelsEtag), Date.now()))
              refreshing = this.#refreshModels(leaving.signal);
          },
        });
      },
      {
        policy: this.#retryPolicy,
        signal,
        onRetry: (retry) => {
          trace?.retry(retry);
          this.#options.onRetry?.(retry);
        },
      },
    );
    try {
      yield* batches;
      // Asked while the answer came: it is here as a rule.
      await refreshing;
    } catch (error) {
      trace?.fail(error);
      if (isUnreadableReasoning(error) && this.#reasoning.refuse(request.messages)) {
        // An answer that is refused has given nothing out, so that the call can begin anew unnoticed.
        yield* this.#stream(request);
        return;
      }
      if (!AxioError.is(error)) throw error;
      if (error.code !== "model-not-supported") throw namingHostedTools(error, request.tools);
      const models = await this.#askForModels(signal).catch(() => undefined);
      throw models === undefined ? error : namingModels(error, models);
    } finally {
      leaving.abort();
      await refreshing;
      trace?.end();
    }
  }

  #body(
    { system, messages, tools, toolChoice, outputFormat }: StreamRequest,
    model: ModelSpec,
    sessionId: string | undefined,
  ): RequestBody | LiteRequestBody {
    const { reasoning, verbosity, serviceTier } = this.#options;
    const body = buildRequestBody({
      model: model.id,
      system,
      messages,
      tools,
      options: {
        // A model that does not think refuses to be told how.
        reasoning: model.capabilities.includes("reasoning") ? { summary: "auto", ...reasoning } : reasoning,
        verbosity,
        serviceTier,
        promptCacheKey: sessionId,
        toolChoice,
        outputFormat,
      },
    });
    return withParameters(isLite(model) ? toLiteBody(body) : body, this.#parameters.sent);
  }

  /** Where the caller named no model: keeps `gpt-4.1` if the account has it, else takes the account's first. Asks once. */
  async #chooseModel(signal: AbortSignal | undefined): Promise<void> {
    this.#choosing ??= this.#takeDefault().finally(() => {
      this.#choosing = undefined;
    });
    await abortable(this.#choosing, signal);
  }

  async #takeDefault(): Promise<void> {
    try {
      const models = await this.#listModels();
      const [first = this.#model] = models;
      if (models.size > 0) this.models = models;
      if (!this.#isChosen) this.#model = models.find(this.#model.id) ?? first;
    } catch (error) {
      // Without a sign-in the call fails anyhow, and the first one with a sign-in asks.
      if (isSignInError(error)) throw error;
      this.#warn(error);
    }
    this.#isChosen = true;
  }

  async #listModels(signal?: AbortSignal): Promise<ModelRegistry> {
    throwIfAborted(signal);
    return this.#modelCache.get(Date.now()) ?? this.#askForModels(signal);
  }

  async #askForModels(signal?: AbortSignal): Promise<ModelRegistry> {
    const url = this.#endpoint("models");
    url.searchParams.set("client_version", CLIENT_VERSION);
    let etag: string | null = null;
    const body = await this.#getJson(url, signal, (headers) => {
      etag = headers.get("etag");
    });
    const { models, skipped } = parseModels(body);
    if (skipped > 0) this.#warn(unreadableModels(skipped));
    this.#modelCache.set(models, etag, Date.now());
    return models;
  }

  /** Takes the list that an answer announced, and what it says of the model in use. Its failure ends nothing. */
  async #refreshModels(signal: AbortSignal): Promise<void> {
    try {
      const models = await this.#askForModels(signal);
      if (models.size === 0) return;
      if (this.models.find(this.#model.id) === this.#model)
        this.#model = models.find(this.#model.id) ?? this.#model;
      this.models = models;
    } catch (error) {
      if (!signal.aborted) this.#warn(error);
    }
  }

  async #getJson(
    url: URL,
    signal: AbortSignal | undefined,
    onAnswer?: (headers: Headers) => void,
  ): Promise<unknown> {
    const response = await authorizedRequest({
      session: this.#session,
      fetch: this.#fetch,
      url,
      headers: (credentials) => ({
        ...backendHeaders(credentials, this.#identity),
        Accept: "application/json",
      }),
      connectTimeoutMs: QUICK_REQUEST_TIMEOUT_MS,
      signal,
      ...(onAnswer === undefined ? {} : { onAnswer }),
      onHeaders: (headers) => this.#noteRateLimits(headers),
    });
    return readJson(response, url, signal);
  }

  /** With the first call, and not when the transport is made: whoever is told may want to have it already. */
  #warnOfParameters(): void {
    const { refusals } = this.#parameters;
    this.#parameters = { ...this.#parameters, refusals: [] };
    for (const refusal of refusals) this.#warn(refusal);
  }

  #noteRateLimits(headers: Headers): void {
    this.rateLimits = parseRateLimitHeaders(headers) ?? this.rateLimits;
  }

  #endpoint(path: string): URL {
    const { origin, pathname } = this.#baseUrl;
    return new URL(path, `${origin}${pathname.replace(/\/+$/, "")}/`);
  }

  #warn(error: unknown): void {
    if (AxioError.is(error)) this.#options.onWarning?.(error);
  }
}
