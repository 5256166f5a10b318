import { randomBytes } from "node:crypto";
import type { RecordedRequest } from "../http/recorded-request.ts";

/** The state of an API key. */
export type KeyState = "valid" | "revoked";

/** Whom a key belongs to. */
export interface KeyOwner {
  readonly key: string;
}

/** The API keys of a simulator. */
export class KeyRing {
  readonly #prefix: string;
  readonly #states = new Map<string, KeyState>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Issues a key. */
  issue(): string {
    const key = `${this.#prefix}${randomBytes(24).toString("base64url")}`;
    this.#states.set(key, "valid");
    return key;
  }

  /** Makes a key of the caller's choice valid. */
  add(key: string): void {
    this.#states.set(key, "valid");
  }

  /** Revokes a key. */
  revoke(key: string): void {
    this.#states.set(key, "revoked");
  }

  /** The state of a key; `undefined` if it was never issued. */
  stateOf(key: string): KeyState | undefined {
    return this.#states.get(key);
  }
}

/** The key in the header `authorization`, if any. */
export function bearerOf({ headers }: RecordedRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers["authorization"] ?? "")?.[1];
}
