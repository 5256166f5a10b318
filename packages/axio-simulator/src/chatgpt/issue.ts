import { findAccount } from "../oauth/accounts.ts";
import type { VaultTokens } from "../oauth/token-vault.ts";
import { ALL_SCOPES, IDENTITY_SCOPES } from "./scopes.ts";
import type { ChatGPTState } from "./state.ts";
import { apiBaseUrlOf } from "./state.ts";
import { DEFAULT_SWITCHES } from "./switches.ts";

/** One set of tokens as issued. */
export interface IssuedPlanTokens extends VaultTokens {
  /** The client id issued to the app. */
  readonly clientId: string;
  readonly scopes: readonly string[];
}

/** How a registration without the browser differs from the usual. */
export interface IssuePlanOptions {
  readonly accountId?: string;
  /** Seconds from now until the access token ends; may be negative. */
  readonly lifetimeSeconds?: number;
  /** The identity alone, without the use of the plan. */
  readonly identityOnly?: boolean;
  /** What the app called itself. */
  readonly name?: string;
}

/** Makes a registration and its tokens. */
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
