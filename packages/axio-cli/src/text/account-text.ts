import type { Profile, ProviderAccount } from "axio/plugin";
import type { CommandContext } from "../command-context.ts";
import { escapeLine } from "./terminal-text.ts";

/** A profile, as `--json` prints it. */
export interface ProfileJson {
  readonly profile: string;
  /** The location of the store. */
  readonly store: string;
  readonly signedIn: boolean;
  readonly email?: string | undefined;
  readonly plan?: string | undefined;
  readonly accountId?: string | undefined;
  /** Absent if the user does not decide whether their plan is used. */
  readonly usesPlan?: boolean | undefined;
  /** Unix milliseconds. Absent if unknown. */
  readonly expiresAt?: number | undefined;
  /** Whether the access token is refreshed automatically. */
  readonly refreshable?: boolean | undefined;
}

/** Returns what `--json` prints of a profile. */
export function profileToJson({ name, location, account }: Profile, now: number): ProfileJson {
  return {
    profile: name,
    store: location,
    signedIn: account !== undefined && isUsable(account, now),
    email: account?.email,
    plan: account?.plan,
    accountId: account?.id,
    usesPlan: account?.planUse?.isOn,
    expiresAt: account?.expiresAt,
    refreshable: account?.isRefreshable,
  };
}

/** Whether a sign-in can still be used: its token is valid, or can be refreshed. */
export function isUsable({ expiresAt, isRefreshable }: ProviderAccount, now: number): boolean {
  return isRefreshable !== false || expiresAt === undefined || expiresAt > now;
}

/** Returns a plan for the user: `"Plus plan"`; empty if unknown. */
export function describePlan(plan: string | undefined): string {
  if (plan === undefined || plan === "") return "";
  return `${escapeLine(plan.charAt(0).toUpperCase() + plan.slice(1).replaceAll("_", " "))} plan`;
}

/**
 * Returns the beginning of the sentence about a sign-in that succeeded: `"Signed in as kim@example.test"`, or `"Using the API key
 * …abcd of OpenAI"`.
 *
 * @param emphasize Shows the account or the key. Default: as it is.
 */
export function signedInAs(
  { label, uses }: Pick<ProviderAccount, "label" | "uses">,
  emphasize: (text: string) => string = (text) => text,
): string {
  return uses === undefined ? `Signed in as ${emphasize(label)}` : `Using ${emphasize(uses)}`;
}

/** Returns the page on which the usage of an account is managed, if there is one. */
export function usageUrlOf(
  provider: { readonly usageUrl?: string | undefined },
  account: Pick<ProviderAccount, "usageUrl"> | undefined,
): string | undefined {
  const { usageUrl = provider.usageUrl } = account ?? {};
  return usageUrl ?? undefined;
}

/** Returns the sentences to show below an account: its notes, and whether the user's plan is used. */
export function accountNotes(
  account: ProviderAccount,
  { cli: { name, provider } }: CommandContext,
): readonly string[] {
  const { notes = [], planUse } = account;
  if (planUse === undefined) return notes;
  if (!planUse.isOn) return [...notes, `${planUse.label}. Enable it: ${name} login --enable-plan`];
  const usageUrl = usageUrlOf(provider, account);
  const notice = planUse.isNoticeDue ? provider.signIn?.planUse?.notice : undefined;
  return [
    ...notes,
    ...(notice === undefined ? [] : [`${notice.title}. ${notice.text}`]),
    `${planUse.label}.${usageUrl === undefined ? "" : ` Manage usage: ${usageUrl}`}`,
  ];
}
