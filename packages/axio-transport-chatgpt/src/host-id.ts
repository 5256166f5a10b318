import { randomUUID } from "node:crypto";
import { AxioError, type JsonObject } from "axio";
import type { CredentialStore, PathEnvironment } from "axio-auth";
import { defaultCredentialsPath, FileCredentialStore, versionedFormat } from "axio-auth/internal";

/** Identifies a machine in the user's list of apps. Neither a secret nor a proof. */
export interface HostIdentity {
  readonly hostId: string;
}

/** The three forms that the sign-in server accepts. */
const FORMS = [
  /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  /^urn:ietf:params:oauth:jwk-thumbprint:[\w:-]+$/,
  /^did:key:[\w]+$/,
];

/**
 * Returns the host id if its form is valid.
 *
 * @throws AxioError `invalid-argument`.
 */
export function assertHostId(hostId: string): string {
  if (FORMS.some((form) => form.test(hostId))) return hostId;
  throw new AxioError(
    "invalid-argument",
    "The hostId must be urn:uuid: with a UUID of version 4, a JWK thumbprint URN (RFC 9278), or did:key:. Omit it to have one created and stored.",
  );
}

/** Returns the store of this machine's host id, which is the same for all accounts and remains after a sign-out. */
export function hostStore(environment: PathEnvironment = {}): CredentialStore<HostIdentity> {
  return new FileCredentialStore<HostIdentity>({
    path: defaultCredentialsPath("chatgpt.host", environment),
    format: versionedFormat({ parse: parseHostIdentity }),
  });
}

function parseHostIdentity({ hostId }: JsonObject): HostIdentity {
  if (typeof hostId === "string" && FORMS.some((form) => form.test(hostId))) return { hostId };
  throw new AxioError("credentials-malformed", "there is no valid host id");
}

/**
 * Returns this machine's host id. If there is none, creates one and stores it before it is used.
 *
 * @throws AxioError `store-unavailable`, `store-locked`, `credentials-malformed`.
 */
export async function ensureHostId(
  store: CredentialStore<HostIdentity>,
  signal?: AbortSignal,
): Promise<string> {
  const stored = await store.load({ signal });
  if (stored !== undefined) return stored.hostId;
  const created = await store.update(async (current) => current ?? { hostId: `urn:uuid:${randomUUID()}` }, {
    signal,
  });
  if (created === undefined)
    throw new AxioError(
      "store-unavailable",
      "The host id could not be stored. Check the credential store, then sign in again.",
    );
  return created.hostId;
}
