/** A ChatGPT account (a workspace) that a user can sign in to. */
export interface SimulatedAccount {
  /** The UUID for the header `ChatGPT-Account-ID`. */
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  /** A plan of the service, or any other string. */
  readonly planType: string;
  readonly structure: "personal" | "workspace";
  readonly organizationId: string;
  readonly fedramp: boolean;
}

/** One user with a personal account and a team workspace. */
export const DEFAULT_ACCOUNTS: readonly SimulatedAccount[] = [
  {
    id: "11111111-1111-4111-8111-111111111111",
    userId: "user-SIM0001",
    name: "Personal account",
    email: "robin@example.test",
    planType: "plus",
    structure: "personal",
    organizationId: "org-sim-personal",
    fedramp: false,
  },
  {
    id: "22222222-2222-4222-8222-222222222222",
    userId: "user-SIM0001",
    name: "Example Team",
    email: "robin@example.test",
    planType: "team",
    structure: "workspace",
    organizationId: "org-sim-team",
    fedramp: false,
  },
];

/**
 * Finds an account by its id, or the first one.
 *
 * @throws Error if there is no such account.
 */
export function findAccount(accounts: readonly SimulatedAccount[], id: string | undefined): SimulatedAccount {
  const found = accounts.find((account) => id === undefined || account.id === id);
  if (found === undefined) throw new Error(`The simulator has no account ${JSON.stringify(id)}.`);
  return found;
}
