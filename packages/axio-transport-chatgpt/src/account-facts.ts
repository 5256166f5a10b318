import type { AccountFacts } from "axio-transport-kit/plugin";
import { USAGE_PAGE } from "./config.ts";
import { type ChatGPTCredentials, registrationState, usesPlan } from "./credentials.ts";

/**
 * Whose a stored registration is; `undefined` where nobody is signed in with it.
 *
 * @param enableHint How a person who declined is asked again whether the plan may be used, as the end of a sentence.
 */
export function accountFacts(credentials: ChatGPTCredentials, enableHint: string): AccountFacts | undefined {
  const { email, name, clientId, planNoticeGiven = false } = credentials;
  const state = registrationState(credentials);
  if (state === "pending" || state === "signed-out") return undefined;
  const isUsed = usesPlan(credentials);
  const who = email ?? name;
  return {
    ...(who === undefined ? {} : { email: who }),
    // Two registrations may be of one e-mail address, in two workspaces.
    accountId: clientId,
    usesPlan: isUsed,
    notes: [
      ...(state === "unverified" ? ["Not verified yet: that happens with the first use."] : []),
      ...(isUsed ? planInUse(planNoticeGiven) : [`The ChatGPT plan is not used. Enable it: ${enableHint}`]),
    ],
  };
}

function planInUse(isKnown: boolean): readonly string[] {
  return [
    ...(isKnown
      ? []
      : [
          "You're using your ChatGPT plan: what you ask here counts towards it. You manage that in the settings of ChatGPT.",
        ]),
    `Using ChatGPT plan. Manage usage: ${USAGE_PAGE}`,
  ];
}
