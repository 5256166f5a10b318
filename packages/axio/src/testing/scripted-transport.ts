import { AxioError, throwIfAborted } from "../errors.ts";
import type { TransportEvent } from "../events.ts";
import { ModelRegistry, type ModelSpec } from "../models.ts";
import type { CompletionTransport, StreamRequest } from "../transport.ts";

/** One response: events, an error to throw, or a function that returns events for a request. */
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
 * Streams prepared responses, one per request, for tests of agents and tools.
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
  /** The requests so far. */
  readonly requests: StreamRequest[] = [];
  readonly #answers: readonly ScriptedAnswer[];

  /** @param models The models; the first one is the default. Default: one model that can do everything. */
  constructor(answers: readonly ScriptedAnswer[], models: readonly ModelSpec[] = [MODEL]) {
    this.#answers = answers;
    this.model = models[0] ?? MODEL;
    this.models = new ModelRegistry(models);
  }

  /** @throws AxioError `invalid-argument` if there are no more responses; otherwise the error of the script. */
  async *stream(request: StreamRequest): AsyncGenerator<TransportEvent, void, undefined> {
    throwIfAborted(request.signal);
    const answer = this.#answers[this.requests.length];
    this.requests.push(request);
    if (answer === undefined) {
      throw new AxioError(
        "invalid-argument",
        `The script has ${this.#answers.length} responses, and there was one more request. Add a response for it.`,
      );
    }
    if (answer instanceof Error) throw answer;
    for await (const event of typeof answer === "function" ? answer(request) : answer) {
      throwIfAborted(request.signal);
      yield event;
    }
  }
}
