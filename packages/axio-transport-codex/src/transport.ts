import { AxioError, type RateLimits, throwIfAborted } from "axio";
import { CredentialSession, type Credentials } from "axio-auth";
import { defaultFetch } from "axio-http";
import {
  AccountModels,
  Answers,
  Backend,
  checkNumbers,
  partitionParameters,
  ResponsesTransport,
  traceRefresh,
  userAgent,
} from "axio-transport-kit";
import { CodexConnection, type WarmUpRequest } from "./backend/codex-connection.ts";
import { backendHeaders } from "./backend/headers.ts";
import { UNSUPPORTED_PARAMETERS } from "./backend/unsupported-parameters.ts";
import {
  CLIENT_VERSION,
  DEFAULT_MODEL,
  HEADERS,
  ORIGINATOR,
  PRODUCT,
  PROVIDER_KEY,
  TRANSPORT_NAME,
} from "./config.ts";
import { tokenLifetime } from "./credentials.ts";
import { codexRule } from "./errors.ts";
import { CODEX_MODELS } from "./models.ts";
import { baseUrlOf, type CodexTransportOptions, issuerOf, storeOf } from "./options.ts";
import { parseRateLimitHeaders } from "./rate-limits.ts";
import { parseUsage } from "./usage.ts";

/**
 * Runs an agent on a ChatGPT subscription, through the backend of the Codex CLI.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const agent = new Agent({ transport: new CodexTransport() });
 * console.log((await agent.run("Explain the Rust borrow checker.")).text);
 * ```
 */
export class CodexTransport extends ResponsesTransport<Credentials> {
  readonly #backend: Backend<Credentials>;
  readonly #models: AccountModels<Credentials>;
  readonly #channel: CodexConnection;
  readonly #answers: Answers<Credentials>;

  /**
   * @throws AxioError `invalid-argument` for options that contradict each other or cannot be used;
   * `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent.
   */
  constructor(options: CodexTransportOptions = {}) {
    checkNumbers(options);
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
      version: ({ accessToken }) => accessToken,
      onRefresh: options.onAuthRefresh,
      onWarning: options.onWarning,
      signInHint: "Run `npx axio-codex login` first, or pass accessToken.",
    });
    const identity = { originator: options.originator ?? ORIGINATOR, userAgent: userAgent(PRODUCT) };
    const backend = new Backend<Credentials>({
      baseUrl: baseUrlOf(options),
      session,
      fetch,
      headers: (credentials, sessionId) => backendHeaders(credentials, identity, sessionId),
      errorRules: [codexRule],
      readRateLimits: parseRateLimitHeaders,
    });
    const models = new AccountModels({
      backend,
      url: backend.endpoint(`models?client_version=${CLIENT_VERSION}`),
      order: "priority",
      tagHeader: HEADERS.modelsEtag,
      model: options.model,
      defaultModel: DEFAULT_MODEL,
      models: options.models ?? CODEX_MODELS,
      warn,
    });
    const { sent, rejected } = partitionParameters(options.parameters ?? {}, UNSUPPORTED_PARAMETERS);
    const channel = new CodexConnection({ backend, options, parameters: sent, warn });
    const answers = new Answers({ backend, models, channel, options, owner: PROVIDER_KEY, rejected, warn });
    super({
      name: options.name ?? TRANSPORT_NAME,
      models,
      answers,
      deadlineMs: options.deadlineMs,
    });
    this.#backend = backend;
    this.#models = models;
    this.#channel = channel;
    this.#answers = answers;
  }

  /** What the account may still use, as the newest answer said it. */
  get rateLimits(): RateLimits | undefined {
    return this.#backend.rateLimits;
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
   * console.log((await new Agent({ system, transport }).run("Hello", { context })).text);
   * ```
   */
  async warmUp(request: WarmUpRequest): Promise<void> {
    throwIfAborted(request.signal);
    if (!this.#channel.isKept) return;
    const model = await this.#models.resolveModel(request.model, request.signal);
    const answer = await this.#channel.warmUp(request, model, (headers) => this.#backend.noteLimits(headers));
    if (answer !== undefined) await this.#answers.readEmpty(answer);
  }

  /**
   * Asks what the account may still use.
   *
   * @throws AxioError `unauthenticated`, `network`, and whatever else the backend answers.
   */
  async fetchRateLimits({ signal }: { readonly signal?: AbortSignal } = {}): Promise<RateLimits> {
    const rateLimits = parseUsage(
      await this.#backend.getJson(this.#backend.endpoint("../wham/usage"), signal),
    );
    this.#backend.rateLimits = rateLimits;
    return rateLimits;
  }
}
