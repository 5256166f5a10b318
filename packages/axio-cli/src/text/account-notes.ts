import type { ProviderAccount } from "axio/plugin";
import type { CommandContext } from "../command-context.ts";

/** Returns the sentences to show below an account: its notes, and whether the user's plan is used. */
export function accountNotes(
  { notes = [], planUse }: ProviderAccount,
  { cli: { name, provider } }: CommandContext,
): readonly string[] {
  if (planUse === undefined) return notes;
  if (!planUse.isOn) return [...notes, `${planUse.label}. Enable it: ${name} login --enable-plan`];
  const notice = planUse.isNoticeDue ? provider.signIn?.planUse?.notice : undefined;
  return [
    ...notes,
    ...(notice === undefined ? [] : [`${notice.title}. ${notice.text}`]),
    `${planUse.label}.${provider.usageUrl === undefined ? "" : ` Manage usage: ${provider.usageUrl}`}`,
  ];
}
