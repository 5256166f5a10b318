import { AxioError, type ModelSpec, type StreamRequest, type TransportEvent, throwIfAborted } from "axio";
import type { Credentials } from "axio-auth";
import { DEFAULT_IDLE_TIMEOUT_MS, retryStream } from "axio-http";
import { asksForCompaction } from "../compact-on-server.ts";
import { HEADERS } from "../config.ts";
import { CallTrace } from "../diagnostics.ts";
import { isLite } from "../models.ts";
import type { CodexTransportOptions } from "../options.ts";
import { retryPolicyOf } from "../retry-policy.ts";
import type { AccountModels } from "./account-models.ts";
import type { Backend } from "./backend.ts";
import { encodeBody, runtimeZstd } from "./body-encoding.ts";
import { assertContent, assertEffort } from "./check-request.ts";
import { namingHostedTools } from "./hosted-tool-error.ts";
import { type SortedParameters, sortParameters } from "./parameters.ts";
import { isUnreadableReasoning, ReasoningFilter, reasoningOrigin, tagReasoning } from "./reasoning-origin.ts";
import { requestBody } from "./request-body.ts";
import { sessionKey } from "./session-key.ts";
import { streamOnce } from "./stream.ts";
import { TurnStates } from "./turn-states.ts";

type Batches = AsyncGenerator<readonly TransportEvent[], void, undefined>;

/** What {@link Answers} is made of. */
export interface AnswersOptions {
  readonly backend: Backend;
  readonly models: AccountModels;
  readonly options: CodexTransportOptions;
  readonly warn: (warning: unknown) => void;
}

/** Asks the backend for answers, and remembers between them what has to be remembered. */
export class Answers {
  readonly #backend: Backend;
  readonly #models: AccountModels;
  readonly #options: CodexTransportOptions;
  readonly #warn: (warning: unknown) => void;
  readonly #turnStates = new TurnStates();
  readonly #reasoning = new ReasoningFilter();
  #parameters: SortedParameters;

  /** @throws AxioError `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent. */
  constructor({ backend, models, options, warn }: AnswersOptions) {
    this.#backend = backend;
    this.#models = models;
    this.#options = options;
    this.#warn = warn;
    this.#parameters = sortParameters(options.parameters ?? {});
    const [refusal] = this.#parameters.refusals;
    if (options.strict === true && refusal !== undefined) throw refusal;
  }

  /** The events of one answer, in batches. */
  async *stream(request: StreamRequest): Batches {
    const { signal, tools } = request;
    throwIfAborted(signal);
    const model = await this.#models.settle(signal);
    assertEffort(model, this.#options.reasoning?.effort);
    assertContent(model, this.#models.list, request.messages);
    this.#warnOfParameters();
    try {
      yield* this.#tries(request, model);
    } catch (error) {
      if (!AxioError.is(error)) throw error;
      if (error.code !== "model-not-supported") throw namingHostedTools(error, tools);
      throw await this.#models.explain(error, signal);
    }
  }

  async *#tries(request: StreamRequest, model: ModelSpec): Batches {
    const { signal } = request;
    const conversation = this.#options.sessionId ?? request.conversationId;
    const sessionId = conversation === undefined ? undefined : sessionKey(conversation);
    const url = this.#backend.endpoint("responses");
    const trace = CallTrace.begin({ model: model.id, url: url.href, sessionId });
    const leaving = new AbortController();
    let refreshing: Promise<void> | undefined;
    let origin: string | undefined;
    try {
      yield* retryStream(
        (attempt, progress) => {
          trace?.attempt(attempt);
          return streamOnce({
            ...this.#backend.request,
            url,
            headers: (credentials) => this.#headers(credentials, request, model, sessionId),
            body: ({ accountId }) => {
              origin = reasoningOrigin(accountId, model.id);
              return this.#body(request, model, sessionId, origin);
            },
            encode: async (text) =>
              encodeBody(text, this.#options.compression === false ? undefined : await runtimeZstd()),
            signal,
            idleTimeoutMs: this.#options.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
            connectTimeoutMs: this.#options.connectTimeoutMs,
            progress,
            takeLimits: (headers) => this.#backend.noteLimits(headers),
            completeBlock: (block) => tagReasoning(block, origin),
            onEvents: trace === undefined ? undefined : (events) => trace.events(events),
            onAnswer: (headers) => {
              this.#turnStates.keep(request.turnId, headers);
              refreshing = this.#models.note(headers, leaving.signal);
            },
          });
        },
        {
          policy: retryPolicyOf(this.#options),
          signal,
          mend: (error) => isUnreadableReasoning(error) && this.#reasoning.refuse(request.messages),
          onRetry: (retry) => {
            trace?.retry(retry);
            this.#options.onRetry?.(retry);
          },
        },
      );
      // Asked while the answer came: it is here as a rule.
      await refreshing;
    } catch (error) {
      trace?.fail(error);
      throw error;
    } finally {
      leaving.abort();
      await refreshing;
      trace?.end();
    }
  }

  #headers(
    credentials: Credentials,
    { turnId, messages }: StreamRequest,
    model: ModelSpec,
    sessionId: string | undefined,
  ): Record<string, string> {
    return {
      ...this.#backend.headers(credentials, sessionId),
      ...this.#turnStates.headers(turnId),
      ...(isLite(model) ? { [HEADERS.lite]: "true" } : {}),
      ...(asksForCompaction(messages) ? { [HEADERS.betaFeatures]: "remote_compaction_v2" } : {}),
      Accept: "text/event-stream",
      "Content-Type": "application/json",
    };
  }

  #body(request: StreamRequest, model: ModelSpec, sessionId: string | undefined, origin: string): string {
    const messages = this.#reasoning.readable(request.messages, origin);
    return JSON.stringify(
      requestBody({
        request: { ...request, messages },
        model,
        sessionId,
        options: this.#options,
        parameters: this.#parameters.sent,
      }),
    );
  }

  /** With the first call, and not when the transport is made: whoever is told may want to have it already. */
  #warnOfParameters(): void {
    const { refusals } = this.#parameters;
    this.#parameters = { ...this.#parameters, refusals: [] };
    for (const refusal of refusals) this.#warn(refusal);
  }
}
