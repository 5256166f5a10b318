import type { CredentialStore } from "axio-auth";
import type { AccountInfo } from "axio-transport-kit/plugin";
import { type ChatGPTCredentials, registrationState, usesPlan } from "./credentials.ts";

/** Whose a registration is; `undefined` where nobody is signed in with it. */
export function accountInfo(credentials: ChatGPTCredentials): AccountInfo | undefined {
  const { email, name, clientId, planNoticeGiven = false } = credentials;
  const state = registrationState(credentials);
  if (state === "pending" || state === "signed-out") return undefined;
  const who = email ?? name;
  const isUsed = usesPlan(credentials);
  return {
    ...(who === undefined ? {} : { email: who }),
    // Two registrations may be of one e-mail address, in two workspaces.
    accountId: clientId,
    usesPlan: isUsed,
    isPlanNoticeDue: isUsed && !planNoticeGiven,
    notes: state === "unverified" ? ["Not verified yet: that happens with the first use."] : [],
  };
}

/** Keeps that the person was told once that their plan is used. */
export async function acknowledgePlanNotice(store: CredentialStore<ChatGPTCredentials>): Promise<void> {
  await store.update(async (current) => current && { ...current, planNoticeGiven: true });
}
