import { randomBytes, randomInt } from "node:crypto";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { challengeOf } from "../oauth/authorization-codes.ts";

const DEVICE_CODE_LIFETIME_MS = 15 * 60 * 1000;
/** Without vowels and similar characters, so that a code is easy to read and spells no word. */
const USER_CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789";

/** One device sign-in in progress. */
export interface DeviceGrant {
  readonly deviceAuthId: string;
  readonly userCode: string;
  readonly verifier: string;
  readonly challenge: string;
  readonly expiresAt: number;
  decision: { readonly approvedBy: SimulatedAccount } | "pending" | "denied" | "collected";
}

/** Device sign-ins. The user approves by user code; the client polls by both ids. */
export class DeviceCodes {
  readonly #grants: DeviceGrant[] = [];

  start(): DeviceGrant {
    const verifier = randomBytes(64).toString("base64url");
    const grant: DeviceGrant = {
      deviceAuthId: `deviceauth_${randomBytes(16).toString("hex")}`,
      userCode: `${letters(4)}-${letters(5)}`,
      verifier,
      challenge: challengeOf(verifier),
      expiresAt: Date.now() + DEVICE_CODE_LIFETIME_MS,
      decision: "pending",
    };
    this.#grants.push(grant);
    return grant;
  }

  /** Finds the sign-in that a client polls for. */
  find(deviceAuthId: string, userCode: string): DeviceGrant | undefined {
    return this.#grants.find((grant) => grant.deviceAuthId === deviceAuthId && grant.userCode === userCode);
  }

  /** Records the user's decision. Returns `false` if no sign-in with this code is waiting. */
  decide(userCode: string, account: SimulatedAccount | "denied"): boolean {
    const wanted = userCode.trim().toUpperCase();
    const grant = this.#grants.find(
      (candidate) => candidate.userCode === wanted && candidate.decision === "pending",
    );
    if (grant === undefined || grant.expiresAt <= Date.now()) return false;
    grant.decision = account === "denied" ? "denied" : { approvedBy: account };
    return true;
  }
}

function letters(count: number): string {
  return Array.from({ length: count }, () => USER_CODE_ALPHABET[randomInt(USER_CODE_ALPHABET.length)]).join(
    "",
  );
}
