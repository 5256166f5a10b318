import { abortedError } from "axio";
import type { Permission, PermissionRequest } from "axio/plugin";
import { decide } from "../permissions/decide.ts";
import type { Decision } from "../permissions/decision.ts";
import type { PermissionMode } from "../permissions/mode.ts";
import { isOrdinaryFile } from "../permissions/path-rules.ts";
import { PermissionRules, type ScopedRule } from "../settings/permission-rules.ts";

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

/** Options of {@link PermissionQueue}. */
export interface PermissionQueueOptions {
  /** Default: no rules, until the user adds some. */
  readonly rules?: PermissionRules | undefined;
  /** Default: `"ask"`. */
  readonly mode?: PermissionMode | undefined;
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

/** Tells whether a permission was denied only because no user can be asked. */
export function wasUnattended(permission: Permission): boolean {
  return permission === UNATTENDED;
}

const MAY_BE_DENIED: Permission = {
  allowed: false,
  reason: "A rule of the user may deny this, which cannot be known before it runs. Make it simpler.",
};

/**
 * The permission requests of plugins. Rules and the mode decide first; the others are shown one at a time. Remembers the
 * answers for the session.
 */
export class PermissionQueue {
  readonly rules: PermissionRules;
  readonly #waiting: Waiting[] = [];
  readonly #remembered = new Map<string, Permission>();
  readonly #listeners = new Set<() => void>();
  #mode: PermissionMode;
  #lastId = 0;
  #isAttended = false;

  constructor({ rules = new PermissionRules(), mode = "ask" }: PermissionQueueOptions = {}) {
    this.rules = rules;
    this.#mode = mode;
  }

  get mode(): PermissionMode {
    return this.#mode;
  }

  /** Changes the mode for the requests from now on. A question that is shown stays. */
  setMode(mode: PermissionMode): void {
    this.#mode = mode;
    this.#notify();
  }

  /** The request to show. */
  get current(): PendingRequest | undefined {
    return this.#waiting[0];
  }

  /** All requests that wait for an answer, oldest first. */
  get waiting(): readonly PendingRequest[] {
    return [...this.#waiting];
  }

  /** The number of waiting requests, including the current one. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Sets whether a user can answer. Until then every question is answered with no, at once. */
  attend(isAttended: boolean): void {
    this.#isAttended = isAttended;
    if (isAttended) return;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ allowed: false });
  }

  /** Calls `listener` when `current` or the mode may have changed. Returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Decides by the rules and the mode, returns the remembered answer, or asks the user.
   *
   * @param options.allowsAll Whether the user allowed everything that would be asked. Rules that deny still hold.
   * @throws AxioError `aborted` if the request's signal fires first.
   */
  ask(
    from: string,
    request: PermissionRequest,
    { allowsAll = false }: { readonly allowsAll?: boolean } = {},
  ): Promise<Permission> {
    const { signal } = request;
    if (signal?.aborted) return Promise.reject(abortedError(signal));
    const decision = this.#decide(request);
    const permission = toPermission(decision) ?? this.#answerOf(request, decision);
    if (permission !== undefined) return Promise.resolve(permission);
    if (allowsAll && decision.action === "ask")
      return Promise.resolve(decision.mayBeDenied ? MAY_BE_DENIED : { allowed: true });
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
    const permission = answerPermission(answer);
    if (answer.type === "session" || answer.type === "never")
      this.#remembered.set(answered.request.key, permission);
    this.#remove(answered);
    answered.resolve(permission);
    this.#settle();
  }

  /** Adds rules, and answers all waiting requests that are decided by that. */
  async addRules(rules: readonly ScopedRule[]): Promise<void> {
    for (const rule of rules) await this.rules.add(rule);
    this.#settle();
  }

  /** Answers the waiting requests that need no user any more. */
  #settle(): void {
    for (const waiting of [...this.#waiting]) {
      const decision = this.#decide(waiting.request);
      // The mode decides only about requests that come after its change.
      const isByMode =
        this.#mode !== "ask" && toPermission(this.#decide(waiting.request, "ask")) === undefined;
      const permission =
        (isByMode ? undefined : toPermission(decision)) ?? this.#answerOf(waiting.request, decision);
      if (permission === undefined) continue;
      this.#remove(waiting);
      waiting.resolve(permission);
    }
    this.#notify();
  }

  #decide(request: PermissionRequest, mode = this.#mode): Decision {
    return decide(this.rules.current(), mode, request, this.rules.context);
  }

  /** The answer for the session, if it counts for this request. */
  #answerOf({ key, subject }: PermissionRequest, decision: Decision): Permission | undefined {
    const remembered = this.#remembered.get(key);
    if (remembered?.allowed !== true) return remembered;
    if (decision.action === "ask" && decision.isExplicit) return undefined;
    // An answer for all files of the folder was not about those that run programs.
    return subject?.type === "write" && !isOrdinaryFile(subject.path) ? undefined : remembered;
  }

  #remove(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function toPermission(decision: Decision): Permission | undefined {
  switch (decision.action) {
    case "allow":
      return { allowed: true };
    case "deny":
      return { allowed: false, reason: decision.reason };
    case "ask":
      return undefined;
  }
}

function answerPermission(answer: PermissionAnswer): Permission {
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
