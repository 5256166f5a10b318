import { randomBytes } from "node:crypto";
import type { SimulatedAccount } from "../oauth/accounts.ts";

/** The client id of an app before its first sign-in. */
export const DYNAMIC_CLIENT_ID = "dynamic_agent_client";

/** An issued client id, bound to one account. */
export interface Registration {
  readonly clientId: string;
  readonly account: SimulatedAccount;
  /** The name of the app. */
  readonly name: string | undefined;
  /** The ids of the hosts that signed in with it, in order. */
  readonly hostIds: string[];
  /** Whether the user allowed the use of the plan. */
  planAllowed: boolean;
  /** The number of sign-ins that ended with a code. */
  signIns: number;
}

/** The client ids that one simulator issued. */
export class Registrations {
  readonly list: Registration[] = [];

  create(account: SimulatedAccount, name: string | undefined, planAllowed: boolean): Registration {
    const clientId = `oaiapp_${randomBytes(12).toString("hex")}`;
    const registration = { clientId, account, name, hostIds: [], planAllowed, signIns: 0 };
    this.list.push(registration);
    return registration;
  }

  find(clientId: string): Registration | undefined {
    return this.list.find((registration) => registration.clientId === clientId);
  }

  /** The registrations of an account. */
  of(account: SimulatedAccount): readonly Registration[] {
    return this.list.filter((registration) => registration.account.id === account.id);
  }
}
