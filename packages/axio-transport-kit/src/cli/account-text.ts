import type { BearerCredentials } from "../credentials.ts";
import type { Account } from "./accounts.ts";
import type { AccountInfo } from "./program.ts";
import { escapeLine } from "./terminal-text.ts";

/** A sign-in for programs, without its secrets. */
export interface AccountJson {
  readonly profile: string;
  readonly store: string;
  readonly email?: string;
  readonly plan?: string;
  readonly accountId: string;
  /** Whether the program may use the person's plan, where that is a decision of its own. */
  readonly usesPlan?: boolean;
  /** Unix seconds; missing where it is unknown. */
  readonly expiresAt?: number;
  /** Whether the sign-in lives on when the access token ends. */
  readonly renewable: boolean;
}

/** Makes it. */
export function accountToJson<C extends BearerCredentials>(
  account: Account<C>,
  { email, plan, accountId, usesPlan }: AccountInfo,
  { expiresAt, refreshToken }: C,
): AccountJson {
  return {
    profile: account.name,
    store: account.place,
    ...(email === undefined ? {} : { email }),
    ...(plan === undefined ? {} : { plan }),
    accountId,
    ...(usesPlan === undefined ? {} : { usesPlan }),
    ...(expiresAt > 0 ? { expiresAt } : {}),
    renewable: refreshToken !== "",
  };
}

/** A plan for people: `"Plus plan"`; empty where it is unknown. */
export function describePlan(plan: string | undefined): string {
  if (plan === undefined || plan === "") return "";
  return `${escapeLine(plan.charAt(0).toUpperCase() + plan.slice(1).replaceAll("_", " "))} plan`;
}
