import { randomUUID } from "node:crypto";
import { CHANNEL } from "../database/change-feed.ts";
import type { Queries, Row } from "../database/queries.ts";
import type { Sealed } from "./seal.ts";

/** Which row of the table `credential`. */
export interface CredentialKey {
  readonly space: string;
  readonly id: string;
}

/** A failure after which only a new sign-in helps. */
export interface StoredFailure {
  readonly code: string;
  readonly message: string;
}

/** A row of the table `credential`. */
export interface CredentialRow {
  readonly revision: number;
  /** `undefined`: there are no credentials. */
  readonly sealed: Sealed | undefined;
  /** The failure of this revision. */
  readonly failure: StoredFailure | undefined;
}

/** The right to change a row until a deadline. */
export interface ClaimedRow extends CredentialRow {
  readonly token: string;
}

/** The row of credentials that were never stored. */
export const NO_CREDENTIALS: CredentialRow = { revision: 0, sealed: undefined, failure: undefined };

/** Reads a row. */
export async function readCredential(sql: Queries, { space, id }: CredentialKey): Promise<CredentialRow> {
  const [row] = await sql`
    SELECT revision, sealed, key_id, failed_revision, failed_code, failed_message
    FROM axio.credential WHERE space = ${space} AND id = ${id}`;
  return row === undefined ? NO_CREDENTIALS : toCredentialRow(row);
}

/** Reads only the revision. */
export async function readRevision(sql: Queries, { space, id }: CredentialKey): Promise<number> {
  const [row] = await sql`SELECT revision FROM axio.credential WHERE space = ${space} AND id = ${id}`;
  return Number(row?.["revision"] ?? NO_CREDENTIALS.revision);
}

/** Claims a row, creating it if it is missing. `undefined` if another claim has not ended. */
export async function claimCredential(
  sql: Queries,
  { space, id }: CredentialKey,
  { owner, claimMs }: { readonly owner: string; readonly claimMs: number },
): Promise<ClaimedRow | undefined> {
  const token = randomUUID();
  // One statement: the claim exists as soon as it can be read.
  const [row] = await sql`
    INSERT INTO axio.credential AS row (space, id, claim_owner, claim_token, claim_until)
    VALUES (${space}, ${id}, ${owner}, ${token}, clock_timestamp() + ${claimMs} * interval '1 millisecond')
    ON CONFLICT (space, id) DO UPDATE
    SET claim_owner = excluded.claim_owner, claim_token = excluded.claim_token, claim_until = excluded.claim_until
    WHERE row.claim_until IS NULL OR row.claim_until < clock_timestamp()
    RETURNING revision, sealed, key_id, failed_revision, failed_code, failed_message`;
  return row === undefined ? undefined : { ...toCredentialRow(row), token };
}

/** Moves the deadline of a claim, which also proves that the database can be written. `false` if the claim is lost. */
export async function extendClaim(
  sql: Queries,
  { space, id }: CredentialKey,
  { token, claimMs }: { readonly token: string; readonly claimMs: number },
): Promise<boolean> {
  const rows = await sql`
    UPDATE axio.credential SET claim_until = clock_timestamp() + ${claimMs} * interval '1 millisecond'
    WHERE space = ${space} AND id = ${id} AND claim_token = ${token} RETURNING 1`;
  return rows.length === 1;
}

/** Gives back a claim. */
export async function releaseClaim(sql: Queries, { space, id }: CredentialKey, token: string): Promise<void> {
  await sql`
    UPDATE axio.credential SET claim_owner = NULL, claim_token = NULL, claim_until = NULL
    WHERE space = ${space} AND id = ${id} AND claim_token = ${token}`;
}

/** A change of a claimed row. */
export interface SavedCredential {
  readonly token: string;
  /** The revision that it replaces. */
  readonly revision: number;
  /** `undefined` deletes the credentials. */
  readonly sealed: Sealed | undefined;
  /** The claim goes on for this long; 0: it ends. */
  readonly claimMs: number;
  /** The payload of the notification. */
  readonly payload: string;
}

/** Replaces a revision by the next one. Call it in a transaction. `false` if the claim is lost. */
export async function saveCredential(
  sql: Queries,
  { space, id }: CredentialKey,
  { token, revision, sealed, claimMs, payload }: SavedCredential,
): Promise<boolean> {
  // An acknowledged refresh token must survive a crash, and a fail-over to a synchronous standby.
  await sql`SET LOCAL synchronous_commit = on`;
  const rows = await sql`
    WITH saved AS (
    UPDATE axio.credential
    SET revision = revision + 1, sealed = ${sealed?.bytes ?? null}, key_id = ${sealed?.keyId ?? null},
      failed_revision = NULL, failed_code = NULL, failed_message = NULL, updated_at = now(),
      claim_owner = CASE WHEN ${claimMs}::int > 0 THEN claim_owner END,
      claim_token = CASE WHEN ${claimMs}::int > 0 THEN claim_token END,
      claim_until = CASE WHEN ${claimMs}::int > 0 THEN clock_timestamp() + ${claimMs}::int * interval '1 millisecond' END
    WHERE space = ${space} AND id = ${id} AND revision = ${revision} AND claim_token = ${token} RETURNING 1)
    SELECT pg_notify(${CHANNEL}, ${payload}) FROM saved`;
  return rows.length === 1;
}

/** Stores that a revision cannot be refreshed, so that no other process asks the server again. */
export async function saveFailure(
  sql: Queries,
  { space, id }: CredentialKey,
  { token, failure }: { readonly token: string; readonly failure: StoredFailure },
): Promise<void> {
  await sql`
    UPDATE axio.credential
    SET failed_revision = revision, failed_code = ${failure.code}, failed_message = ${failure.message}
    WHERE space = ${space} AND id = ${id} AND claim_token = ${token}`;
}

function toCredentialRow(row: Row): CredentialRow {
  const revision = Number(row["revision"]);
  const { sealed, key_id: keyId, failed_code: code, failed_message: message } = row;
  const isFailed = Number(row["failed_revision"] ?? -1) === revision;
  return {
    revision,
    sealed: sealed instanceof Uint8Array ? { bytes: sealed, keyId: String(keyId) } : undefined,
    failure: isFailed ? { code: String(code), message: String(message) } : undefined,
  };
}
