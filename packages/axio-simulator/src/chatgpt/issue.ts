import { findAccount } from "../oauth/accounts.ts";
import type { VaultTokens } from "../oauth/token-vault.ts";
import { ALL_SCOPES, IDENTITY_SCOPES } from "./scopes.ts";
import type { ChatGPTState } from "./state.ts";
import { apiBaseUrlOf } from "./state.ts";
import { DEFAULT_SWITCHES } from "./switches.ts";

/** The tokens of one sign-in. */
export interface IssuedPlanTokens extends VaultTokens {
  /** The client id issued to the app. */
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** Options for a registration without a browser. */
export interface IssuePlanOptions {
  readonly accountId?: string;
  /** The lifetime of the access token in seconds. May be negative. Default: that of the simulator. */
  readonly lifetimeSeconds?: number;
  /** Grants only the identity, not the use of the plan. Default: false. */
  readonly identityOnly?: boolean;
  /** The name of the app. */
  readonly name?: string;
}

/** Creates a registration and its tokens. */
export function issuePlanTokens(options: IssuePlanOptions, state: ChatGPTState): IssuedPlanTokens {
  const { accountId, identityOnly = false } = options;
  const account = findAccount(state.options.accounts, accountId);
  const registration = state.registrations.create(account, options.name, !identityOnly);
  const scopes = identityOnly ? IDENTITY_SCOPES : ALL_SCOPES;
  const grant = { registration, nonce: "", resource: apiBaseUrlOf(state), scopes };
  const switches = { ...DEFAULT_SWITCHES.exchange, lifetimeSeconds: options.lifetimeSeconds };
  const tokens = state.vault.startSession(grant, { switches, withNonce: false });
  return { ...tokens, clientId: registration.clientId, scopes };
}
