import { randomUUID } from "node:crypto";
import { AxioError, type JsonObject } from "axio";
import {
  type CredentialStore,
  defaultCredentialsPath,
  FileCredentialStore,
  type PathEnvironment,
} from "axio-auth";

/** Names the place where an app runs, for the person's list of places. No secret, and no proof of anything. */
export interface HostIdentity {
  readonly hostId: string;
}

/** The three forms that the sign-in server takes. */
const FORMS = [
  /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
  /^urn:ietf:params:oauth:jwk-thumbprint:[\w:-]+$/,
  /^did:key:[\w]+$/,
];

/**
 * Checks the form of a host id.
 *
 * @throws AxioError `invalid-argument`.
 */
export function assertHostId(hostId: string): string {
  if (FORMS.some((form) => form.test(hostId))) return hostId;
  throw new AxioError(
    "invalid-argument",
    "The hostId must be urn:uuid: with a UUID of version 4, a JWK thumbprint URN (RFC 9278), or did:key:. Leave it out to have one made and kept.",
  );
}

/** Where this machine's host id is kept. It is the same for all accounts, and stays when they are signed out. */
export function hostStore(surroundings: PathEnvironment = {}): CredentialStore<HostIdentity> {
  return new FileCredentialStore<HostIdentity>({
    path: defaultCredentialsPath("chatgpt.host", surroundings),
    parse: parseHostIdentity,
  });
}

/**
 * Reads a stored host id.
 *
 * @throws AxioError `credentials-malformed`.
 */
export function parseHostIdentity({ hostId }: JsonObject): HostIdentity {
  if (typeof hostId === "string" && FORMS.some((form) => form.test(hostId))) return { hostId };
  throw new AxioError("credentials-malformed", "there is no host id of a known form");
}

/**
 * This machine's host id: the kept one, or a new one that is kept before anybody uses it.
 *
 * @throws AxioError `store-unavailable`, `store-locked`, `credentials-malformed`.
 */
export async function ensureHostId(
  store: CredentialStore<HostIdentity>,
  signal?: AbortSignal,
): Promise<string> {
  const kept = await store.load({ signal });
  if (kept !== undefined) return kept.hostId;
  const made = await store.update(async (current) => current ?? { hostId: `urn:uuid:${randomUUID()}` }, {
    signal,
  });
  if (made === undefined) throw new AxioError("store-unavailable", "The host id could not be kept.");
  return made.hostId;
}
