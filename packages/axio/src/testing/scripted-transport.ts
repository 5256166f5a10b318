import { AxioError, throwIfAborted } from "../errors.ts";
import type { TransportEvent } from "../events.ts";
import { ModelRegistry, type ModelSpec } from "../models.ts";
import type { CompletionTransport, StreamRequest } from "../transport.ts";

/** One answer: events, an error to throw, or a function of the request that gives events. */
export type ScriptedAnswer =
  | readonly TransportEvent[]
  | Error
  | ((request: StreamRequest) => Iterable<TransportEvent> | AsyncIterable<TransportEvent>);

const MODEL: ModelSpec = {
  id: "scripted",
  capabilities: ["text", "tool-use", "reasoning", "vision"],
  contextWindow: 100_000,
};

/**
 * A transport that plays prepared answers, one a call, for tests of agents and tools.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { ScriptedTransport, textAnswer } from "axio/testing";
 *
 * const transport = new ScriptedTransport([textAnswer("Sunny.")]);
 * await new Agent({ transport }).run("How is Oslo?"); // { text: "Sunny.", … }
 * transport.requests.length; // 1
 * ```
 */
export class ScriptedTransport implements CompletionTransport {
  readonly name = "Scripted";
  readonly model: ModelSpec;
  readonly models: ModelRegistry;
  /** What was asked, call by call. */
  readonly requests: StreamRequest[] = [];
  readonly #answers: readonly ScriptedAnswer[];

  /** @param models The models; the first one is the default. Default: one model that can do everything. */
  constructor(answers: readonly ScriptedAnswer[], models: readonly ModelSpec[] = [MODEL]) {
    this.#answers = answers;
    this.model = models[0] ?? MODEL;
    this.models = new ModelRegistry(models);
  }

  /** @throws AxioError `invalid-argument` where the script has no further answer; else what the script throws. */
  async *stream(request: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
    throwIfAborted(request.signal);
    const answer = this.#answers[this.requests.length];
    this.requests.push(request);
    if (answer === undefined) {
      throw new AxioError(
        "invalid-argument",
        `The script has ${this.#answers.length} answers, and was asked for one more.`,
      );
    }
    if (answer instanceof Error) throw answer;
    for await (const event of typeof answer === "function" ? answer(request) : answer) {
      throwIfAborted(request.signal);
      yield event;
    }
  }
}
