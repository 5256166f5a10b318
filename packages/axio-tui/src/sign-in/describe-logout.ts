import type { LogoutResult } from "axio/plugin";

/** Describes the result of a sign-out in one or two sentences. */
export function describeLogout({ signedOut, revoked, error, note }: LogoutResult): string {
  if (!signedOut) return "You were not signed in.";
  if (note !== undefined) return `Signed out. ${note}`;
  if (revoked) return "Signed out. The tokens are revoked.";
  const reason = error === undefined ? "" : ` ${error.message}`;
  return `Signed out. The tokens are deleted here. The server did not confirm that they are revoked.${reason}`;
}
