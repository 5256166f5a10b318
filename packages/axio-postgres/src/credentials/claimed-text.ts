import { AxioError, type ErrorCode } from "axio";
import type { CredentialFormat } from "axio-auth";
import { type DecodedText, decodeText, type LockedText } from "axio-auth/internal";
import { CREDENTIALS } from "../database/change-feed.ts";
import type { PostgresDatabase } from "../database/database.ts";
import {
  type ClaimedRow,
  type CredentialKey,
  extendClaim,
  releaseClaim,
  type StoredFailure,
  saveCredential,
  saveFailure,
} from "./credential-rows.ts";
import { type Encryption, seal, unseal } from "./seal.ts";

/** The part of a claim in which a request may begin. It may then take as long as the rest, less a reserve. */
const BEGIN_PART = 10 / 75;

/** The store that a claimed text belongs to. */
export interface ClaimContext<C extends object> {
  readonly database: PostgresDatabase;
  readonly key: CredentialKey;
  readonly format: CredentialFormat<C>;
  readonly encryption: Encryption;
  readonly claimMs: number;
  /** A monotonic clock, in milliseconds. */
  readonly clock: () => number;
  /** Throws if this machine must not refresh the credentials. */
  readonly assertMayRefresh: () => void;
}

/** A stored text, under a claim. */
export class ClaimedText<C extends object> implements LockedText<C> {
  readonly #context: ClaimContext<C>;
  readonly #token: string;
  #row: Pick<ClaimedRow, "revision" | "sealed">;
  readonly #failure: StoredFailure | undefined;
  /** When the claim was last asked for. It ends later by the database's clock. */
  #askedAt: number;
  #isHeld = true;

  constructor(context: ClaimContext<C>, row: ClaimedRow, askedAt: number) {
    this.#context = context;
    this.#token = row.token;
    this.#row = row;
    this.#failure = row.failure;
    this.#askedAt = askedAt;
  }

  /** The revision after the last change. */
  get revision(): number {
    return this.#row.revision;
  }

  async read(): Promise<DecodedText<C> | undefined> {
    const { key, format, encryption, database } = this.#context;
    const { revision, sealed } = this.#row;
    if (sealed === undefined) return undefined;
    const text = await unseal(sealed, { ...key, revision }, encryption);
    return decodeText(text, format, locationOf(key, database));
  }

  async replace(text: string | undefined, _before: string | undefined, isLast = true): Promise<boolean> {
    const { database, key, encryption, claimMs, clock } = this.#context;
    const { revision } = this.#row;
    const sealed =
      text === undefined ? undefined : await seal(text, { ...key, revision: revision + 1 }, encryption);
    const askedAt = clock();
    const { changes } = database;
    const payload = changes.payload([CREDENTIALS]);
    const change = { token: this.#token, revision, sealed, claimMs: isLast ? 0 : claimMs, payload };
    const isSaved = await database.transaction((sql) => saveCredential(sql, key, change));
    this.#isHeld = isSaved && !isLast;
    if (!isSaved) return false;
    changes.tell([CREDENTIALS]);
    this.#askedAt = askedAt;
    this.#row = { revision: revision + 1, sealed };
    // With a mark, the request follows.
    return isLast || this.#mayBegin();
  }

  markInFlight(): boolean {
    const failure = this.#failure;
    // Another machine was told so for the same credentials.
    if (failure !== undefined) throw new AxioError(failure.code as ErrorCode, failure.message);
    this.#context.assertMayRefresh();
    return this.#mayBegin();
  }

  async reserve(): Promise<void> {
    const { database, key, claimMs, clock } = this.#context;
    const askedAt = clock();
    const extension = { token: this.#token, claimMs };
    this.#isHeld &&= await database.query((sql) => extendClaim(sql, key, extension));
    if (!this.#isHeld || clock() - askedAt > claimMs * BEGIN_PART)
      throw new AxioError(
        "store-locked",
        `The claim on the credentials in ${locationOf(key, database)} ended, because the database responded late. Try again.`,
        { retryable: true },
      );
    this.#askedAt = askedAt;
  }

  /** Stores that the credentials cannot be refreshed. */
  async fail(failure: StoredFailure): Promise<void> {
    const { database, key } = this.#context;
    await database.query((sql) => saveFailure(sql, key, { token: this.#token, failure }));
  }

  async release(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const { database, key } = this.#context;
    // Otherwise it ends by itself.
    await database.query((sql) => releaseClaim(sql, key, this.#token)).catch(() => undefined);
  }

  /** Whether a request that begins now ends before the claim does. */
  #mayBegin(): boolean {
    const { clock, claimMs } = this.#context;
    return this.#isHeld && clock() - this.#askedAt <= claimMs * BEGIN_PART;
  }
}

/** Where credentials are, for error messages. */
export function locationOf({ id }: CredentialKey, database: PostgresDatabase): string {
  return `${database.place} (${JSON.stringify(id)})`;
}
