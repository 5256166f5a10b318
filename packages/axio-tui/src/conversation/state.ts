import { type ModelSpec, NO_USAGE, type RateLimits, type Usage } from "axio";
import type { PlanUseState } from "axio/plugin";
import { EMPTY_TRANSCRIPT, type Transcript } from "../transcript/transcript.ts";
import type { ActiveTransport } from "./open-transport.ts";

/** Which transport is in use, for showing. */
export interface TransportState {
  readonly name: string;
  readonly title: string;
  readonly account?: string;
  readonly plan?: string;
  readonly profile?: string;
  readonly needsSignIn: boolean;
  /** Whether the person's plan is used, where that is a decision of its own. */
  readonly planUse?: PlanUseState;
  /** Where the person manages what they use. */
  readonly usageUrl?: string;
}

/** All that is shown of a conversation. Never changed: a change makes a new one. */
export interface ConversationState {
  readonly transcript: Transcript;
  /** `running`: the model works; `compacting`: the conversation is put into fewer words. */
  readonly phase: "idle" | "running" | "compacting";
  /** When the phase began, in Unix milliseconds. */
  readonly since: number;
  /** What was said while the model worked, and goes to it afterwards. */
  readonly queued: readonly string[];
  readonly sessionId?: string;
  /** How many conversations were opened before: it changes where another transcript begins. */
  readonly opened: number;
  /** How many entries of the transcript were there when the session was opened. */
  readonly resumedEntries: number;
  readonly transport?: TransportState;
  readonly model?: ModelSpec;
  readonly effort?: string;
  /** The tokens of the history. */
  readonly contextTokens: number;
  /** What was used since the session was opened. */
  readonly usage: Usage;
  readonly rateLimits?: RateLimits;
  readonly canUndoCompaction: boolean;
}

export const FIRST_STATE: ConversationState = {
  transcript: EMPTY_TRANSCRIPT,
  phase: "idle",
  since: 0,
  queued: [],
  opened: 0,
  resumedEntries: 0,
  contextTokens: 0,
  usage: NO_USAGE,
  canUndoCompaction: false,
};

/** A transport that is ready, for showing. */
export function transportState(open: ActiveTransport): TransportState {
  const { name, title, plugin, account, profile, needsSignIn } = open;
  const { usageUrl } = plugin;
  return {
    name,
    title,
    needsSignIn,
    ...(account === undefined ? {} : { account: account.label }),
    ...(account?.plan === undefined ? {} : { plan: account.plan }),
    ...(profile === undefined ? {} : { profile }),
    ...(account?.planUse === undefined ? {} : { planUse: account.planUse }),
    ...(usageUrl === undefined ? {} : { usageUrl }),
  };
}
