import {
  AxioError,
  type CompletionTransport,
  fromBatches,
  type ModelRegistry,
  type ModelSpec,
  type RateLimits,
  type StreamRequest,
  type TransportEvent,
} from "axio";
import { CredentialSession, type Credentials } from "axio-auth";
import { defaultFetch, withDeadline } from "axio-http";
import { AccountModels, Backend, checkNumbers, traceRefresh } from "axio-transport-kit";
import { Answers } from "./backend/answer.ts";
import type { WarmUpRequest } from "./backend/answer-channel.ts";
import { backendHeaders } from "./backend/headers.ts";
import { CLIENT_VERSION, DEFAULT_MODEL, HEADERS, ORIGINATOR, TRANSPORT_NAME } from "./config.ts";
import { tokenLifetime } from "./credentials.ts";
import { codexRule } from "./errors.ts";
import { CODEX_MODELS } from "./models.ts";
import { baseUrlOf, type CodexTransportOptions, issuerOf, storeOf } from "./options.ts";
import { parseRateLimitHeaders } from "./rate-limits.ts";
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
  readonly #options: CodexTransportOptions;
  readonly #backend: Backend<Credentials>;
  readonly #models: AccountModels<Credentials>;
  readonly #answers: Answers;

  /**
   * @throws AxioError `invalid-argument` for options that contradict each other or cannot be used;
   * `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent.
   */
  constructor(options: CodexTransportOptions = {}) {
    checkNumbers(options);
    this.#options = options;
    this.name = options.name ?? TRANSPORT_NAME;
    const fetch = options.fetch ?? defaultFetch();
    const issuer = issuerOf(options);
    const warn = (warning: unknown): void => {
      if (AxioError.is(warning)) options.onWarning?.(warning);
    };
    const session = new CredentialSession<Credentials>({
      store: storeOf(options),
      refresh: async (credentials, signal) => {
        // Loaded with the first renewal: a call with a fresh token has no use for it.
        const { refreshAccessToken } = await import("./oauth/refresh.ts");
        return traceRefresh(() => refreshAccessToken(credentials, { issuer, fetch, signal }));
      },
      expiresAt: ({ expiresAt }) => expiresAt,
      lifetime: ({ accessToken }) => tokenLifetime(accessToken),
      revision: ({ accessToken }) => accessToken,
      onRefresh: options.onAuthRefresh,
      onWarning: options.onWarning,
      signInHint: "Run `npx axio-codex login` first, or pass accessToken.",
    });
    const identity = { originator: options.originator ?? ORIGINATOR, userAgent: userAgent() };
    this.#backend = new Backend<Credentials>({
      baseUrl: baseUrlOf(options),
      session,
      fetch,
      headers: (credentials, sessionId) => backendHeaders(credentials, identity, sessionId),
      errorRules: [codexRule],
      readRateLimits: parseRateLimitHeaders,
    });
    this.#models = new AccountModels({
      backend: this.#backend,
      url: this.#backend.endpoint(`models?client_version=${CLIENT_VERSION}`),
      order: "priority",
      tagHeader: HEADERS.modelsEtag,
      model: options.model,
      defaultModel: DEFAULT_MODEL,
      models: options.models ?? CODEX_MODELS,
      warn,
    });
    this.#answers = new Answers({ backend: this.#backend, models: this.#models, options, warn });
  }

  get model(): ModelSpec {
    return this.#models.current;
  }

  /** Chooses the model for the calls to come. */
  set model(model: ModelSpec) {
    this.#models.current = model;
  }

  get models(): ModelRegistry {
    return this.#models.list;
  }

  set models(models: ModelRegistry) {
    this.#models.list = models;
  }

  /** What the account may still use, as the newest answer said it. */
  get rateLimits(): RateLimits | undefined {
    return this.#backend.rateLimits;
  }

  stream(request: StreamRequest): AsyncIterable<TransportEvent> {
    const { deadlineMs } = this.#options;
    return fromBatches(() =>
      deadlineMs === undefined
        ? this.#answers.stream(request)
        : withDeadline(deadlineMs, request.signal, (signal) => this.#answers.stream({ ...request, signal })),
    );
  }

  /**
   * Opens the connection of a conversation ahead of its first call, and has the backend read the instructions and tools.
   * The first call then sends the message alone, where all else is the same. Does nothing with `transport: "sse"`.
   *
   * @throws AxioError as `stream`, but nothing is tried again: the first call does without.
   *
   * @example
   * ```ts
   * import { Agent, MemoryContextStore } from "axio";
   * import { CodexTransport } from "axio-transport-codex";
   *
   * using transport = new CodexTransport({ transport: "websocket" });
   * const system = "Be brief.";
   * const context = new MemoryContextStore();
   * await transport.warmUp({ system, tools: [], conversationId: context.id });
   * console.log(await new Agent({ system, transport }).run("Hello", context));
   * ```
   */
  warmUp(request: WarmUpRequest): Promise<void> {
    return this.#answers.warmUp(request);
  }

  /** Ends the connections that are kept for calls to come; there are none with `transport: "sse"`. */
  close(): void {
    this.#answers.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Asks for the account's models and keeps them in `models`. What was asked in the last 5 minutes holds, until an answer
   * says that there is another list. Where nobody is signed in, or the backend does not answer,
   * the list is that of the options, or else `CODEX_MODELS`.
   *
   * @throws AxioError `aborted` only.
   */
  fetchModels({ signal }: { readonly signal?: AbortSignal } = {}): Promise<ModelRegistry> {
    return this.#models.fetch(signal);
  }

  /**
   * Asks what the account may still use.
   *
   * @throws AxioError `unauthenticated`, `network`, and whatever else the backend answers.
   */
  async usage({ signal }: { readonly signal?: AbortSignal } = {}): Promise<RateLimits> {
    const rateLimits = parseUsage(
      await this.#backend.getJson(this.#backend.endpoint("../wham/usage"), signal),
    );
    this.#backend.rateLimits = rateLimits;
    return rateLimits;
  }
}
