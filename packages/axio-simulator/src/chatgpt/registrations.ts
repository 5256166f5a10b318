import { randomBytes } from "node:crypto";
import type { SimulatedAccount } from "../oauth/accounts.ts";

/** The client id that every app begins with. */
export const DYNAMIC_CLIENT_ID = "dynamic_agent_client";

/** A client id as issued: bound to one person and the workspace chosen. */
export interface Registration {
  readonly clientId: string;
  readonly account: SimulatedAccount;
  /** What the app called itself. */
  readonly name: string | undefined;
  /** The hosts that signed in with it, in the order they first did. */
  readonly hostIds: string[];
  /** Whether the person allowed the use of the plan. */
  planAllowed: boolean;
  /** Sign-ins that ended with a code, the first one included. */
  signIns: number;
}

/** Every client id issued by one simulator. */
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

  /** The registrations of an account so far. */
  of(account: SimulatedAccount): readonly Registration[] {
    return this.list.filter((registration) => registration.account.id === account.id);
  }
}
