import { AxioError, type Usage } from "axio";
import type { GatewayKey } from "./access/key.ts";
import type { RequestFacts } from "./observe/metrics.ts";

/** A request that starts to be served. */
export interface RequestStart {
  readonly route: string;
  readonly key: GatewayKey;
  /** In Unix milliseconds. */
  readonly startedAt: number;
  readonly now: () => number;
}

/** Collects the facts of a request while it is served. */
export class ActiveRequest {
  readonly #start: RequestStart;
  #model = "";
  #firstEventMs: number | undefined;
  #inputTokens = 0;
  #cachedTokens = 0;
  #outputTokens = 0;
  #failure = "";
  #hasEnded = false;

  constructor(start: RequestStart) {
    this.#start = start;
  }

  /**
   * The request is passed to the transport.
   *
   * @throws AxioError `model-not-supported` if the key may not use the model.
   */
  start(model: string): void {
    this.#model = model;
    assertModelAllowed(this.#start.key, model);
  }

  /** The first event arrived. */
  receive(): void {
    this.#firstEventMs = this.#elapsedMs();
  }

  /** Tokens were used. */
  use({ inputTokens, cachedInputTokens, outputTokens }: Usage): void {
    this.#inputTokens += inputTokens;
    this.#cachedTokens += cachedInputTokens;
    this.#outputTokens += outputTokens;
  }

  /** The response failed after it had begun. */
  fail(code: string): void {
    this.#failure = code;
  }

  /** Ends the request and returns its facts; `undefined` if it ended before. */
  end(status: number, code = ""): RequestFacts | undefined {
    if (this.#hasEnded) return undefined;
    this.#hasEnded = true;
    return {
      route: this.#start.route,
      key: this.#start.key.name,
      model: this.#model,
      status,
      code: code || this.#failure,
      durationMs: this.#elapsedMs(),
      firstEventMs: this.#firstEventMs,
      inputTokens: this.#inputTokens,
      cachedTokens: this.#cachedTokens,
      outputTokens: this.#outputTokens,
    };
  }

  #elapsedMs(): number {
    return this.#start.now() - this.#start.startedAt;
  }
}

function assertModelAllowed({ name, models }: GatewayKey, model: string): void {
  if (models === undefined || models.includes(model)) return;
  throw new AxioError(
    "model-not-supported",
    `The key ${JSON.stringify(name)} may not use the model ${JSON.stringify(model)}. It may use: ${models.join(", ")}.`,
    { details: { models } },
  );
}
