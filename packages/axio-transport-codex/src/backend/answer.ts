import { AxioError, type ModelSpec, type StreamRequest, type TransportEvent, throwIfAborted } from "axio";
import { type AttemptProgress, retryStream } from "axio-http";
import { CallTrace } from "../diagnostics.ts";
import type { CodexTransportOptions } from "../options.ts";
import { retryPolicyOf } from "../retry-policy.ts";
import type { AccountModels } from "./account-models.ts";
import { AnswerChannel, type WarmUpRequest } from "./answer-channel.ts";
import type { Backend } from "./backend.ts";
import { assertContent, assertEffort } from "./check-request.ts";
import { type AnswerReader, decodeAnswer, type OpenAnswer } from "./decode-answer.ts";
import { namingHostedTools } from "./hosted-tool-error.ts";
import { sortParameters } from "./parameters.ts";
import { isUnreadableReasoning, tagReasoning } from "./reasoning-origin.ts";

type Batches = AsyncGenerator<readonly TransportEvent[], void, undefined>;

/** What {@link Answers} is made of. */
export interface AnswersOptions {
  readonly backend: Backend;
  readonly models: AccountModels;
  readonly options: CodexTransportOptions;
  readonly warn: (warning: unknown) => void;
}

/** Asks the backend for answers, again where it failed in passing. */
export class Answers {
  readonly #backend: Backend;
  readonly #models: AccountModels;
  readonly #options: CodexTransportOptions;
  readonly #warn: (warning: unknown) => void;
  readonly #channel: AnswerChannel;
  #refusals: readonly AxioError[];

  /** @throws AxioError `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent. */
  constructor({ backend, models, options, warn }: AnswersOptions) {
    this.#backend = backend;
    this.#models = models;
    this.#options = options;
    this.#warn = warn;
    const { sent, refusals } = sortParameters(options.parameters ?? {});
    const [refusal] = refusals;
    if (options.strict === true && refusal !== undefined) throw refusal;
    this.#refusals = refusals;
    this.#channel = new AnswerChannel({ backend, options, parameters: sent, warn });
  }

  /** Ends the connections that are kept for calls to come. */
  close(): void {
    this.#channel.close();
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

  /** Opens a conversation's connection and has the server read what comes before the first message. */
  async warmUp(request: WarmUpRequest): Promise<void> {
    throwIfAborted(request.signal);
    if (!this.#channel.isKept) return;
    const model = await this.#models.settle(request.signal);
    const reader = this.#reader({ blockCount: 0, held: [] });
    const answer = await this.#channel.warmUp(request, model, reader.takeLimits);
    if (answer === undefined) return;
    // It says nothing but what is noted along the way.
    for await (const _ of decodeAnswer(async () => answer, reader));
  }

  /** What every answer is decoded with. */
  #reader(progress: AttemptProgress): AnswerReader {
    return {
      url: this.#channel.url,
      progress,
      takeLimits: (headers) => this.#backend.noteLimits(headers),
      noteLimits: (rateLimits) => this.#backend.mergeLimits(rateLimits),
    };
  }

  async *#tries(request: StreamRequest, model: ModelSpec): Batches {
    const { signal } = request;
    const { url } = this.#channel;
    const sessionId = this.#channel.sessionId(request);
    const trace = CallTrace.begin({ model: model.id, url: url.href, sessionId });
    const leaving = new AbortController();
    let refreshing: Promise<unknown> | undefined;
    let origin: string | undefined;
    try {
      yield* retryStream(
        (attempt, progress) => {
          trace?.attempt(attempt);
          const open = (onHeaders: (headers: Headers) => void): Promise<OpenAnswer> =>
            this.#channel.open({
              request,
              model,
              onOrigin: (current) => {
                origin = current;
              },
              onHeaders,
              onAnswer: (headers) => {
                refreshing = Promise.all([refreshing, this.#models.note(headers, leaving.signal)]);
              },
            });
          return decodeAnswer(open, {
            ...this.#reader(progress),
            completeBlock: (block) => tagReasoning(block, origin),
            onEvents: trace === undefined ? undefined : (events) => trace.events(events),
          });
        },
        {
          policy: retryPolicyOf(this.#options),
          signal,
          mend: (error) => isUnreadableReasoning(error) && this.#channel.refuseReasoning(request.messages),
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

  /** With the first call, and not when the transport is made: whoever is told may want to have it already. */
  #warnOfParameters(): void {
    const refusals = this.#refusals;
    this.#refusals = [];
    for (const refusal of refusals) this.#warn(refusal);
  }
}
