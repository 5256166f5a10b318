import { createHash, randomBytes } from "node:crypto";

const CODE_LIFETIME_MS = 10 * 60 * 1000;

interface Grant<Subject> {
  readonly subject: Subject;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly createdAt: number;
  used: boolean;
}

/** Why a code was refused. */
export type CodeRefusal = "unknown" | "used" | "expired" | "redirect-mismatch" | "verifier-mismatch";

/** Authorization codes. Each is valid once, for one redirect URI and one PKCE challenge. */
export class AuthorizationCodes<Subject extends object> {
  readonly #grants = new Map<string, Grant<Subject>>();

  issue(subject: Subject, redirectUri: string, challenge: string): string {
    const code = `ac_${randomBytes(32).toString("base64url")}`;
    this.#grants.set(code, { subject, redirectUri, challenge, createdAt: Date.now(), used: false });
    return code;
  }

  redeem(code: string, redirectUri: string, verifier: string): Subject | CodeRefusal {
    const grant = this.#grants.get(code);
    if (grant === undefined) return "unknown";
    if (grant.used) return "used";
    // RFC 6749 §4.1.2: a failed attempt also uses up the code.
    grant.used = true;
    if (Date.now() - grant.createdAt > CODE_LIFETIME_MS) return "expired";
    if (grant.redirectUri !== redirectUri) return "redirect-mismatch";
    if (challengeOf(verifier) !== grant.challenge) return "verifier-mismatch";
    return grant.subject;
  }
}

/** The S256 challenge of a verifier (RFC 7636 §4.2). */
export function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
