import { FaultQueue } from "./faults/fault-queue.ts";
import { AuthorizationCodes } from "./oauth/authorization-codes.ts";
import { createTokenSigner, type TokenSigner } from "./oauth/jwt.ts";
import type { TokenVault } from "./oauth/token-vault.ts";
import type { SHARED_DEFAULTS, SharedOptions, WithDefaults } from "./options.ts";
import { TurnTracker } from "./responses/turn-tracker.ts";
import { isGenuine } from "./stream/encrypted-content.ts";

/** The counters of every simulator. */
export interface SharedStats {
  /** Refreshes that returned new tokens. */
  refreshes: number;
  /** Refresh tokens that were sent a second time. */
  refreshTokenReuses: number;
  /** Sign-ins that were revoked. */
  revocations: number;
  /** Requests for a response that got a stream. */
  responses: number;
  /** Streams that are being sent. */
  openStreams: number;
  /** Open connections. */
  openConnections: number;
}

/** The state that the handlers of every simulator share. */
export interface SharedState<Switches extends object = object> {
  readonly options: WithDefaults<SharedOptions, typeof SHARED_DEFAULTS>;
  readonly signer: TokenSigner;
  readonly faults: FaultQueue<Switches>;
  readonly turns: TurnTracker;
  readonly stats: SharedStats;
  /** The number of requests by method and path. */
  readonly attempts: Map<string, number>;
  /** The encrypted content of replayed recordings. */
  readonly replayedContent: Set<string>;
  /** `http://127.0.0.1:{port}` or `https://localhost:{port}`, once the simulator listens. */
  origin: string;
}

/** The state of a simulator with sign-ins of the type `Owner`. */
export interface SignInState<Owner extends object, MintOptions, Switches extends object = object>
  extends SharedState<Switches> {
  readonly vault: TokenVault<Owner, MintOptions>;
  readonly codes: AuthorizationCodes<Owner>;
}

/** Creates the parts of the state that no route changes. */
export async function createSharedState<Owner extends object, Switches extends object>(switches: Switches) {
  const stats: SharedStats = {
    refreshes: 0,
    refreshTokenReuses: 0,
    revocations: 0,
    responses: 0,
    openStreams: 0,
    openConnections: 0,
  };
  return {
    signer: await createTokenSigner(),
    faults: new FaultQueue(switches),
    turns: new TurnTracker(),
    codes: new AuthorizationCodes<Owner>(),
    attempts: new Map<string, number>(),
    replayedContent: new Set<string>(),
    origin: "",
    stats,
  };
}

/** Whether encrypted content came from this simulator or from a recording that it replayed. */
export function isKnownContent(content: string, { replayedContent }: SharedState): boolean {
  return isGenuine(content) || replayedContent.has(content);
}
