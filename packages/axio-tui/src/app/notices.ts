import type { AxioError } from "axio";

/** Something that went wrong without ending anything. */
export interface Notice {
  /** Who says it: the title of a plugin, for one. */
  readonly from?: string;
  readonly warning: AxioError | string;
}

/** Where plugins leave what the person should know. What comes before anybody listens is kept. */
export class Notices {
  readonly #kept: Notice[] = [];
  #listener: ((notice: Notice) => void) | undefined;

  add(notice: Notice): void {
    if (this.#listener === undefined) this.#kept.push(notice);
    else this.#listener(notice);
  }

  /** Gives the notices to one listener, those that were kept first. Gives what ends that. */
  listen(listener: (notice: Notice) => void): () => void {
    this.#listener = listener;
    for (const notice of this.#kept.splice(0)) listener(notice);
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }
}
