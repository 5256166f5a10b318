import { DEFAULT_RATE_LIMITS, type SimulatedRateLimits } from "./backend/rate-limits.ts";
import { TurnTracker } from "./backend/turn-tracker.ts";
import { FaultQueue } from "./faults/fault-queue.ts";
import type { SimulatedAccount } from "./oauth/accounts.ts";
import { AuthorizationCodes } from "./oauth/authorization-codes.ts";
import { type IssueOptions, mintCodexTokens } from "./oauth/codex-tokens.ts";
import { DeviceCodes } from "./oauth/device-codes.ts";
import type { TokenSigner } from "./oauth/jwt.ts";
import { TokenVault } from "./oauth/token-vault.ts";
import type { ResolvedOptions } from "./options.ts";

/** What one simulator has counted so far. */
export interface SimulatorStats {
  /** Refreshes that gave out new tokens. */
  refreshes: number;
  /** Those of them that replaced an access token which had ended; the others came early. */
  expiries: number;
  /** Refresh tokens that were sent a second time. */
  refreshTokenReuses: number;
  /** Sessions ended by `/oauth/revoke`. */
  revocations: number;
  /** Requests to `/responses` that got a stream. */
  responses: number;
  /** Streams being sent at this moment. */
  openStreams: number;
  /** Connections open at this moment. */
  openConnections: number;
}

/** Everything the handlers share. */
export interface SimulatorState {
  readonly options: ResolvedOptions;
  readonly signer: TokenSigner;
  readonly vault: TokenVault<SimulatedAccount, IssueOptions>;
  readonly codes: AuthorizationCodes<SimulatedAccount>;
  readonly devices: DeviceCodes;
  readonly faults: FaultQueue;
  readonly turns: TurnTracker;
  readonly stats: SimulatorStats;
  /** The client version by bearer and originator, as asked for at `/models`. */
  readonly clientVersions: Map<string, string>;
  /** Requests so far by method and path. */
  readonly attempts: Map<string, number>;
  /** Encrypted content that a replayed recording gave out. */
  readonly replayedContent: Set<string>;
  rateLimits: SimulatedRateLimits;
  /** `http://127.0.0.1:{port}` or `https://localhost:{port}`. */
  readonly origin: () => string;
}

export function createState(
  options: ResolvedOptions,
  signer: TokenSigner,
  origin: () => string,
): SimulatorState {
  return {
    options,
    signer,
    origin,
    vault: new TokenVault(mintCodexTokens(signer, origin, options.tokenLifetimeSeconds)),
    codes: new AuthorizationCodes(),
    devices: new DeviceCodes(),
    faults: new FaultQueue(),
    turns: new TurnTracker(),
    stats: {
      refreshes: 0,
      expiries: 0,
      refreshTokenReuses: 0,
      revocations: 0,
      responses: 0,
      openStreams: 0,
      openConnections: 0,
    },
    clientVersions: new Map(),
    attempts: new Map(),
    replayedContent: new Set(),
    rateLimits: DEFAULT_RATE_LIMITS,
  };
}
