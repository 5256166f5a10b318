import { TurnTracker } from "../backend/turn-tracker.ts";
import { FaultQueue } from "../faults/fault-queue.ts";
import { AuthorizationCodes } from "../oauth/authorization-codes.ts";
import type { TokenSigner } from "../oauth/jwt.ts";
import { TokenVault } from "../oauth/token-vault.ts";
import { type Grant, type MintOptions, mintPlanTokens } from "./mint.ts";
import type { ResolvedChatGPTOptions } from "./options.ts";
import { Registrations } from "./registrations.ts";
import { SwitchBoard } from "./switches.ts";
import { ViolationLog } from "./violations.ts";

/** What one simulator has counted so far. */
export interface ChatGPTStats {
  /** Refreshes that gave out new tokens. */
  refreshes: number;
  /** The most refreshes of one sign-in that were under way at the same time. */
  concurrentRefreshes: number;
  /** Refresh tokens that were sent a second time. */
  refreshTokenReuses: number;
  /** Sign-ins ended by revocation. */
  revocations: number;
  /** Sign-ins where `id_token_hint` spared the person the choice of the account. */
  choosersSkipped: number;
  /** Requests to `/v1/responses` that got a stream. */
  responses: number;
  /** Streams being sent at this moment. */
  openStreams: number;
  /** Connections open at this moment. */
  openConnections: number;
}

/** Everything the handlers of the route share. */
export interface ChatGPTState {
  readonly options: ResolvedChatGPTOptions;
  readonly signer: TokenSigner;
  readonly vault: TokenVault<Grant, MintOptions>;
  readonly codes: AuthorizationCodes<Grant>;
  readonly registrations: Registrations;
  readonly switches: SwitchBoard;
  readonly violations: ViolationLog;
  readonly faults: FaultQueue;
  readonly turns: TurnTracker;
  readonly stats: ChatGPTStats;
  /** Requests so far by method and path. */
  readonly attempts: Map<string, number>;
  /** Encrypted content that a replayed recording gave out. */
  readonly replayedContent: Set<string>;
  /** Inputs, by client, that were answered with the plan's limit. */
  readonly limitedInputs: Set<string>;
  /** Refreshes under way, by session. */
  readonly refreshing: Map<string, number>;
  /** `http://127.0.0.1:{port}` or `https://localhost:{port}`. */
  readonly origin: () => string;
}

export function createChatGPTState(
  options: ResolvedChatGPTOptions,
  signer: TokenSigner,
  origin: () => string,
): ChatGPTState {
  return {
    options,
    signer,
    origin,
    vault: new TokenVault(mintPlanTokens(signer, origin, options.tokenLifetimeSeconds)),
    codes: new AuthorizationCodes(),
    registrations: new Registrations(),
    switches: new SwitchBoard(options.switches),
    violations: new ViolationLog(options.onViolation),
    faults: new FaultQueue(),
    turns: new TurnTracker(),
    stats: {
      refreshes: 0,
      concurrentRefreshes: 0,
      refreshTokenReuses: 0,
      revocations: 0,
      choosersSkipped: 0,
      responses: 0,
      openStreams: 0,
      openConnections: 0,
    },
    attempts: new Map(),
    replayedContent: new Set(),
    limitedInputs: new Set(),
    refreshing: new Map(),
  };
}
