import { abortedError } from "axio";
import type { Permission, PermissionRequest } from "axio/plugin";

/**
 * A user's answer.
 *
 * - `once`: yes, this time.
 * - `session`: yes, and to every request with the same key until the app ends.
 * - `no`: no, this time; `reason` tells the model what to do instead.
 * - `never`: no, and to every request with the same key until the app ends.
 */
export type PermissionAnswer =
  | { readonly type: "once" }
  | { readonly type: "session" }
  | { readonly type: "no"; readonly reason?: string | undefined }
  | { readonly type: "never" };

/** A request that waits for an answer. */
export interface PendingRequest {
  readonly id: number;
  /** The plugin that asks. */
  readonly from: string;
  readonly request: PermissionRequest;
}

interface Waiting extends PendingRequest {
  readonly resolve: (permission: Permission) => void;
}

const NEVER: Permission = {
  allowed: false,
  reason: "The user does not allow this in this session. Do not ask again; find another way.",
};

const UNATTENDED: Permission = {
  allowed: false,
  reason: "This was not allowed, because no user can be asked.",
};

/** The permission requests of plugins, shown one at a time. Remembers the answers for the session. */
export class PermissionQueue {
  readonly #waiting: Waiting[] = [];
  readonly #remembered = new Map<string, Permission>();
  readonly #listeners = new Set<() => void>();
  #lastId = 0;
  #isAttended = false;

  /** The request to show. */
  get current(): PendingRequest | undefined {
    return this.#waiting[0];
  }

  /** The number of waiting requests, including the current one. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Sets whether a user can answer. Until then every answer is no. */
  attend(isAttended: boolean): void {
    this.#isAttended = isAttended;
    if (isAttended) return;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ allowed: false });
  }

  /** Calls `listener` when `current` may have changed. Returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks the user, or returns the remembered answer.
   *
   * @throws AxioError `aborted` if the request's signal fires first.
   */
  ask(from: string, request: PermissionRequest): Promise<Permission> {
    const { signal, key } = request;
    if (signal?.aborted) return Promise.reject(abortedError(signal));
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return Promise.resolve(remembered);
    if (!this.#isAttended) return Promise.resolve(UNATTENDED);
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      const withdraw = (): void => {
        this.#remove(waiting);
        this.#notify();
        if (signal !== undefined) reject(abortedError(signal));
      };
      const waiting: Waiting = {
        id: this.#lastId,
        from,
        request,
        resolve: (permission) => {
          signal?.removeEventListener("abort", withdraw);
          resolve(permission);
        },
      };
      signal?.addEventListener("abort", withdraw, { once: true });
      this.#waiting.push(waiting);
      this.#notify();
    });
  }

  /** Answers the request of this id, if it still waits. */
  answer(id: number, answer: PermissionAnswer): void {
    const answered = this.#waiting.find((waiting) => waiting.id === id);
    if (answered === undefined) return;
    const permission = toPermission(answer);
    const { key } = answered.request;
    const isRemembered = answer.type === "session" || answer.type === "never";
    if (isRemembered) this.#remembered.set(key, permission);
    for (const waiting of [...this.#waiting]) {
      if (waiting !== answered && !(isRemembered && waiting.request.key === key)) continue;
      this.#remove(waiting);
      waiting.resolve(permission);
    }
    this.#notify();
  }

  #remove(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  #notify(): void {
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
      return { allowed: false, reason: answer.reason };
  }
}
