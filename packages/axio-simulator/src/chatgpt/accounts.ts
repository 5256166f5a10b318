import { DEFAULT_ACCOUNTS, type SimulatedAccount } from "../oauth/accounts.ts";

/** Two users: one with a personal account and a team workspace, one with a Pro plan. */
export const CHATGPT_ACCOUNTS: readonly SimulatedAccount[] = [
  ...DEFAULT_ACCOUNTS,
  {
    id: "33333333-3333-4333-8333-333333333333",
    userId: "user-SIM0002",
    name: "Sam's account",
    email: "sam@example.test",
    planType: "pro",
    structure: "personal",
    organizationId: "org-sim-sam",
    fedramp: false,
  },
];

/** The plans that cannot be shared with an app. The documentation names Plus and Pro as those that can. */
export const PLANS_WITHOUT_SHARING: ReadonlySet<string> = new Set(["free", "go"]);
