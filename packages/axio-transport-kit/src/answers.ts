import { AxioError, type ModelSpec, type StreamRequest, type TransportEvent, throwIfAborted } from "axio";
import { type AttemptProgress, type RetryPolicy, retryStream } from "axio-http";
import type { AccountModels } from "./account-models.ts";
import type { Backend } from "./backend.ts";
import { assertEffort, fitContent } from "./check-request.ts";
import type { Connection } from "./connection.ts";
import type { BearerCredentials } from "./credentials.ts";
import { type DecodeOptions, decodeResponse, type StreamingResponse } from "./decode-response.ts";
import { CallTrace } from "./diagnostics.ts";
import { namingHostedTools } from "./hosted-tool-error.ts";
import type { ResponsesTransportOptions } from "./options.ts";
import { isUnreadableReasoning, tagReasoning } from "./reasoning-origin.ts";
import { reasoningOf } from "./responses-body.ts";
import { retryPolicyOf } from "./retry-policy.ts";

type Batches = AsyncGenerator<readonly TransportEvent[], void, undefined>;

/** What {@link Answers} is made of. */
export interface AnswersOptions<C extends BearerCredentials> {
  readonly backend: Backend<C>;
  readonly models: AccountModels<C>;
  readonly channel: Connection;
  readonly options: ResponsesTransportOptions<C>;
  /** The key under which the transport keeps its own data in a block's `providerData`. */
  readonly owner: string;
  /** What is said once of `options.parameters` that are not sent. */
  readonly rejected: readonly AxioError[];
  readonly warn: (warning: unknown) => void;
}

/** Asks for answers, again where it failed in passing. */
export class Answers<C extends BearerCredentials> {
  readonly #options: AnswersOptions<C>;
  readonly #policy: RetryPolicy;
  #rejected: readonly AxioError[];

  /** @throws AxioError the first of `rejected`, with `strict`. */
  constructor(options: AnswersOptions<C>) {
    const { rejected } = options;
    const [refusal] = rejected;
    if (options.options.strict === true && refusal !== undefined) throw refusal;
    this.#options = options;
    this.#policy = retryPolicyOf(options.options);
    this.#rejected = rejected;
  }

  /** Ends the connections that are kept for calls to come. */
  close(): void {
    this.#options.channel.close?.();
  }

  /** The events of one answer, in batches. */
  async *stream(request: StreamRequest): Batches {
    const { signal, tools } = request;
    const { models, options } = this.#options;
    throwIfAborted(signal);
    const model = await models.resolveModel(request.model, signal);
    assertEffort(model, reasoningOf(request, options)?.effort);
    const messages = fitContent(model, models.list, request.messages);
    this.#warnOfParameters();
    try {
      yield* this.#tries(messages === request.messages ? request : { ...request, messages }, model);
    } catch (error) {
      if (!AxioError.is(error)) throw error;
      if (error.code !== "model-not-supported") throw namingHostedTools(error, tools);
      throw await models.explain(error, signal);
    }
  }

  /**
   * Reads an answer that says nothing, such as that to a warm-up, and takes note of what stands in it all the same.
   *
   * @throws AxioError as `stream`.
   */
  async readEmpty(answer: StreamingResponse): Promise<void> {
    for await (const _ of decodeResponse(
      async () => answer,
      this.#reader({ blockCount: 0, bufferedEvents: [] }),
    ));
  }

  /** What every answer is decoded with. */
  #reader(progress: AttemptProgress): DecodeOptions {
    const { backend, channel } = this.#options;
    return {
      url: channel.url,
      progress,
      takeLimits: (headers) => backend.noteLimits(headers),
      noteLimits: (rateLimits) => backend.mergeLimits(rateLimits),
    };
  }

  async *#tries(request: StreamRequest, model: ModelSpec): Batches {
    const { signal } = request;
    const { models, channel, options, owner } = this.#options;
    const { url } = channel;
    const sessionId = channel.sessionId(request);
    const trace = CallTrace.begin({ model: model.id, url: url.href, sessionId });
    const leaving = new AbortController();
    let refreshing: Promise<unknown> | undefined;
    let origin: string | undefined;
    try {
      yield* retryStream(
        (attempt, progress) => {
          trace?.attempt(attempt);
          const open = (onHeaders: (headers: Headers) => void): Promise<StreamingResponse> =>
            channel.open({
              request,
              model,
              onOrigin: (current) => {
                origin = current;
              },
              onHeaders,
              onAnswer: (headers) => {
                const asking = models.note(headers, leaving.signal);
                if (asking !== undefined) refreshing = Promise.all([refreshing, asking]);
              },
            });
          return decodeResponse(open, {
            ...this.#reader(progress),
            completeBlock: (block) => tagReasoning(block, owner, origin),
            onEvents: trace === undefined ? undefined : (events) => trace.events(events),
          });
        },
        {
          policy: this.#policy,
          signal,
          recover: (error) =>
            isUnreadableReasoning(error)
              ? channel.dropReasoning(request.messages)
              : (channel.recover?.(error) ?? false),
          onRetry: (retry) => {
            trace?.retry(retry);
            options.onRetry?.(retry);
          },
        },
      );
      // Asked while the answer came: it is here as a rule.
      await refreshing;
    } catch (error) {
      trace?.fail(error);
      throw error;
    } finally {
      if (refreshing !== undefined) {
        leaving.abort();
        await refreshing;
      }
      trace?.end();
    }
  }

  /** With the first call, and not when the transport is made: whoever is told may want to have it already. */
  #warnOfParameters(): void {
    const rejected = this.#rejected;
    this.#rejected = [];
    for (const refusal of rejected) this.#options.warn(refusal);
  }
}
