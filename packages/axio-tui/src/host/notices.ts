import type { AxioError } from "axio";
import type { RetryNotice } from "axio/plugin";

/** A warning: something went wrong, and the app continues. */
export interface Notice {
  /** The plugin that warns. Default: the app. */
  readonly from?: string | undefined;
  readonly warning: AxioError | string;
}

/** The warnings of plugins, and retries of their requests. Stores warnings that arrive before there is a listener. */
export class Notices {
  readonly #stored: Notice[] = [];
  #listener: ((notice: Notice) => void) | undefined;
  #retryListener: ((retry: RetryNotice) => void) | undefined;

  add(notice: Notice): void {
    if (this.#listener === undefined) this.#stored.push(notice);
    else this.#listener(notice);
  }

  addRetry(retry: RetryNotice): void {
    this.#retryListener?.(retry);
  }

  /** Passes retries to a listener. Returns a function that ends it. */
  listenForRetries(listener: (retry: RetryNotice) => void): () => void {
    this.#retryListener = listener;
    return () => {
      if (this.#retryListener === listener) this.#retryListener = undefined;
    };
  }

  /** Passes all notices to a listener, the stored ones first. Returns a function that ends it. */
  listen(listener: (notice: Notice) => void): () => void {
    this.#listener = listener;
    for (const notice of this.#stored.splice(0)) listener(notice);
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }
}
