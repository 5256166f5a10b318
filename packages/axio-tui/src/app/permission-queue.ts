import { abortedError } from "axio";
import type { Permission, PermissionRequest } from "axio/plugin";

/**
 * What a person answers.
 *
 * - `once`: yes, this time.
 * - `session`: yes, and to every question of the same key until the app ends.
 * - `no`: no, this time; `reason` tells the model what to do in its place.
 * - `never`: no, and to every question of the same key until the app ends.
 */
export type PermissionAnswer =
  | { readonly type: "once" }
  | { readonly type: "session" }
  | { readonly type: "no"; readonly reason?: string }
  | { readonly type: "never" };

/** A question that waits for an answer. */
export interface PendingQuestion {
  readonly id: number;
  /** Who asks: the title of the plugin. */
  readonly from: string;
  readonly question: PermissionRequest;
}

interface Waiting extends PendingQuestion {
  readonly settle: (permission: Permission) => void;
}

const NEVER: Permission = {
  allowed: false,
  reason: "The person does not allow this in this session. Do not ask again; find another way.",
};

/** The questions that plugins ask of the person, one shown at a time. Remembers what was answered for the session. */
export class PermissionQueue {
  readonly #waiting: Waiting[] = [];
  readonly #remembered = new Map<string, Permission>();
  readonly #listeners = new Set<() => void>();
  #lastId = 0;
  #isAttended = false;

  /** The question to show now. */
  get current(): PendingQuestion | undefined {
    return this.#waiting[0];
  }

  /** How many wait, the one that is shown included. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Says that somebody is there to answer. Until then every answer is no. */
  attend(isAttended: boolean): void {
    this.#isAttended = isAttended;
    if (isAttended) return;
    for (const waiting of this.#waiting.splice(0)) waiting.settle({ allowed: false });
  }

  /** Told when `current` may have changed. Gives what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks the person, or gives what they answered for the session.
   *
   * @throws AxioError `aborted` where the question's signal fires first.
   */
  ask(from: string, question: PermissionRequest): Promise<Permission> {
    const { signal, key } = question;
    if (signal?.aborted) return Promise.reject(abortedError(signal));
    const known = this.#remembered.get(key);
    if (known !== undefined) return Promise.resolve(known);
    if (!this.#isAttended) {
      return Promise.resolve({
        allowed: false,
        reason: "Nobody can be asked here, so this was not allowed.",
      });
    }
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const takeBack = (): void => {
        this.#remove(waiting);
        if (signal !== undefined) reject(abortedError(signal));
      };
      const settle = (permission: Permission): void => {
        signal?.removeEventListener("abort", takeBack);
        resolve(permission);
      };
      const waiting: Waiting = { id: this.#lastId, from, question, settle };
      signal?.addEventListener("abort", takeBack, { once: true });
      this.#waiting.push(waiting);
      this.#changed();
    });
  }

  /** Answers the question of this id. Does nothing where it no longer waits. */
  answer(id: number, answer: PermissionAnswer): void {
    const waiting = this.#waiting.find((candidate) => candidate.id === id);
    if (waiting === undefined) return;
    const permission = toPermission(answer);
    const { key } = waiting.question;
    if (answer.type === "session" || answer.type === "never") {
      this.#remembered.set(key, permission);
      // Others of the same key may wait behind it: they are answered as well.
      for (const other of this.#waiting.filter(({ question }) => question.key === key)) {
        this.#take(other);
        other.settle(permission);
      }
    } else {
      this.#take(waiting);
      waiting.settle(permission);
    }
    this.#changed();
  }

  #remove(waiting: Waiting): void {
    this.#take(waiting);
    this.#changed();
  }

  #take(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function toPermission(answer: PermissionAnswer): Permission {
  switch (answer.type) {
    case "once":
    case "session":
      return { allowed: true };
    case "never":
      return NEVER;
    case "no":
      return { allowed: false, ...(answer.reason === undefined ? {} : { reason: answer.reason }) };
  }
}
