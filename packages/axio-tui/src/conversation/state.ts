import { type ModelSpec, NO_USAGE, type RateLimits, type Usage } from "axio";
import type { PlanUseState } from "axio/plugin";
import { usageUrlOf } from "axio-cli/internal";
import { EMPTY_TRANSCRIPT, type Transcript } from "../transcript/transcript.ts";
import { type ActiveProvider, activeModel, supportedEffort } from "./active-provider.ts";

/** The provider in use, as shown. */
export interface ProviderState {
  readonly name: string;
  readonly title: string;
  readonly account?: string | undefined;
  readonly profile?: string | undefined;
  readonly needsSignIn: boolean;
  /** Default: the provider has no such decision. */
  readonly planUse?: PlanUseState | undefined;
  /** The page on which the user manages usage. */
  readonly usageUrl?: string | undefined;
}

/** The conversation, as shown. Immutable. */
export interface ConversationState {
  readonly transcript: Transcript;
  readonly phase: "idle" | "running" | "compacting";
  /** When the phase began, in Unix milliseconds. */
  readonly phaseStartedAt: number;
  /** Prompts that wait for the end of the run. */
  readonly queued: readonly string[];
  /** The prompt of a run that is about to begin, until it is on the disk. */
  readonly starting?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Counts the opened conversations. It changes if another transcript begins. */
  readonly opened: number;
  /** How many entries the transcript had when the session was opened. */
  readonly resumedEntries: number;
  readonly provider?: ProviderState | undefined;
  readonly model?: ModelSpec | undefined;
  readonly effort?: string | undefined;
  /** Whether the models of the account are not known yet, and with them the default model. */
  readonly isModelPending?: boolean | undefined;
  /** The branch of the folder's repository. */
  readonly branch?: string | undefined;
  /** The tokens of the history. */
  readonly contextTokens: number;
  /** The usage since the session was opened. */
  readonly usage: Usage;
  readonly rateLimits?: RateLimits | undefined;
}

export const INITIAL_STATE: ConversationState = {
  transcript: EMPTY_TRANSCRIPT,
  phase: "idle",
  phaseStartedAt: 0,
  queued: [],
  opened: 0,
  resumedEntries: 0,
  contextTokens: 0,
  usage: NO_USAGE,
};

/** A session that is opened, or a new one. */
interface OpenedSession {
  /** Default: a session that is not stored yet. */
  readonly id?: string | undefined;
  readonly entries?: Transcript["committed"] | undefined;
  readonly contextTokens?: number | undefined;
}

/** The state of a conversation that shows a session from now on. */
export function withSession(
  { opened }: ConversationState,
  { id, entries = [], contextTokens = 0 }: OpenedSession = {},
): Partial<ConversationState> {
  return {
    transcript: { ...EMPTY_TRANSCRIPT, committed: entries },
    opened: opened + 1,
    resumedEntries: entries.length,
    sessionId: id,
    contextTokens,
    usage: NO_USAGE,
  };
}

/** The state of a conversation that uses a provider from now on. */
export function withProvider(
  { provider: previous, rateLimits }: ConversationState,
  active: ActiveProvider,
): Pick<ConversationState, "provider" | "model" | "effort" | "rateLimits"> {
  const { name, title, provider, account, profile, needsSignIn, transport } = active;
  const model = activeModel(active);
  const isSameAccount = previous?.name === name && previous.profile === profile && !needsSignIn;
  return {
    provider: {
      name,
      // Services of one provider are told apart by the names of their transports.
      title: provider.signIn?.profilesDiffer === true ? transport.name : title,
      account: account?.label,
      profile,
      needsSignIn,
      planUse: account?.planUse,
      usageUrl: usageUrlOf(provider, account),
    },
    model,
    effort: supportedEffort(model, active.effort) ?? model.defaultEffort,
    rateLimits: isSameAccount ? rateLimits : undefined,
  };
}
