import type { RecordedRequest } from "../http/recorded-request.ts";
import type { Section } from "./script.ts";
import { type PreparedResponse, sectionOf } from "./scripted-response.ts";

/**
 * The responses that a test prepared, first in, first out. Each request that the service would accept takes one, whatever its
 * prompt says. A retried request takes the next one.
 *
 * @example
 * ```ts
 * import { startOpenAISimulator } from "axio-simulator";
 *
 * await using simulator = await startOpenAISimulator();
 * simulator.responses.add(
 *   { toolCalls: [{ name: "weather", input: { city: "Oslo" } }] },
 *   { text: "It is {{result 1}}.", usage: { inputTokens: 20, outputTokens: 5 } },
 * );
 * simulator.responses.add({ fault: "overloaded" }, "Again.");
 * simulator.responses.add((request) => `You are request ${request.number}.`);
 * ```
 */
export class ResponseQueue {
  readonly #repeats: boolean;
  readonly #added: PreparedResponse[] = [];
  #next = 0;

  /** @param repeats Begins again after the last response. Default: false. */
  constructor(responses: readonly PreparedResponse[] = [], repeats = false) {
    this.#repeats = repeats;
    this.add(...responses);
  }

  /** The number of responses that no request has taken yet. */
  get size(): number {
    return this.#added.length - this.#next;
  }

  /**
   * Adds responses.
   *
   * @throws TypeError if one of them is not a response.
   */
  add(...responses: readonly PreparedResponse[]): void {
    for (const response of responses) if (typeof response !== "function") sectionOf(response);
    this.#added.push(...responses);
  }

  /** Removes all responses: prompts are scripts again. */
  clear(): void {
    this.#added.length = 0;
    this.#next = 0;
  }

  /**
   * Returns the steps of the next response, `undefined` if there never was one.
   *
   * @throws UsedUpError if there are no more.
   */
  take(request: RecordedRequest): Section | undefined {
    const { length } = this.#added;
    if (length === 0) return undefined;
    if (this.#next === length && this.#repeats) this.#next = 0;
    const response = this.#added[this.#next];
    if (response === undefined) throw new UsedUpError(length);
    this.#next += 1;
    return sectionOf(typeof response === "function" ? response(request) : response);
  }
}

/** Thrown by a request for which a test prepared no response. */
export class UsedUpError extends Error {
  override readonly name = "UsedUpError";

  constructor(count: number) {
    super(
      `the ${count} prepared ${count === 1 ? "response is" : "responses are"} used up, and there was one more request. Add one with responses.add(), or look at simulator.requests for a request too many.`,
    );
  }
}
