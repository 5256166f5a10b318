import type { FaultRegistry } from "./faults/fault.ts";
import { FaultQueue } from "./faults/fault-queue.ts";
import { FAULTS } from "./faults/registry.ts";
import { AuthorizationCodes } from "./oauth/authorization-codes.ts";
import { createTokenSigner, type TokenSigner } from "./oauth/jwt.ts";
import type { TokenVault } from "./oauth/token-vault.ts";
import type {
  SERVER_DEFAULTS,
  ServerOptions,
  SHARED_DEFAULTS,
  SharedOptions,
  WithDefaults,
} from "./options.ts";
import { TurnTracker } from "./responses/turn-tracker.ts";
import { isGenuine } from "./stream/encrypted-content.ts";
import type { EnvelopeContext } from "./stream/envelope.ts";
import { ResponseQueue } from "./stream/response-queue.ts";

/** The counters of every simulator. */
export interface ServerStats {
  /** Requests for a response that got one. */
  responses: number;
  /** Streams that are being sent. */
  openStreams: number;
  /** Open connections. */
  openConnections: number;
}

/** The counters of every simulator with a sign-in. */
export interface SharedStats extends ServerStats {
  /** Refreshes that returned new tokens. */
  refreshes: number;
  /** Refresh tokens that were sent a second time. */
  refreshTokenReuses: number;
  /** Sign-ins that were revoked. */
  revocations: number;
}

/** The state that the handlers of every simulator share. */
export interface ServerState<Switches extends object = object> {
  readonly options: WithDefaults<ServerOptions, typeof SERVER_DEFAULTS>;
  readonly faults: FaultQueue<Switches>;
  /** The faults of this simulator. */
  readonly registry: FaultRegistry<never>;
  readonly turns: TurnTracker;
  readonly stats: ServerStats;
  /** The number of requests by method and path. */
  readonly attempts: Map<string, number>;
  /** The encrypted content of replayed recordings. */
  readonly replayedContent: Set<string>;
  /** The responses that a test prepared. */
  readonly responses: ResponseQueue;
  /** `http://127.0.0.1:{port}` or `https://localhost:{port}`, once the simulator listens. */
  origin: string;
}

/** The state of a simulator with sign-ins of the type `Owner`. */
export interface SignInState<Owner extends object, MintOptions, Switches extends object = object>
  extends ServerState<Switches> {
  readonly options: WithDefaults<SharedOptions, typeof SHARED_DEFAULTS>;
  readonly stats: SharedStats;
  readonly registry: FaultRegistry<EnvelopeContext>;
  readonly signer: TokenSigner;
  readonly vault: TokenVault<Owner, MintOptions>;
  readonly codes: AuthorizationCodes<Owner>;
}

/** Creates the parts of the state that every simulator has, except its options. */
export function createServerState<Switches extends object, Registry extends FaultRegistry<never>>(
  switches: Switches,
  registry: Registry,
  { responses, repeatResponses }: Pick<ServerOptions, "responses" | "repeatResponses">,
) {
  const stats: ServerStats = { responses: 0, openStreams: 0, openConnections: 0 };
  return {
    faults: new FaultQueue(switches),
    registry,
    turns: new TurnTracker(),
    attempts: new Map<string, number>(),
    replayedContent: new Set<string>(),
    responses: new ResponseQueue(responses, repeatResponses),
    origin: "",
    stats,
  };
}

/** Creates the parts of the state that every simulator with a sign-in has, except its options. */
export async function createSignInState<Owner extends object, Switches extends object>(
  switches: Switches,
  options: ServerOptions,
) {
  const server = createServerState(switches, FAULTS, options);
  const stats: SharedStats = { ...server.stats, refreshes: 0, refreshTokenReuses: 0, revocations: 0 };
  return { ...server, stats, signer: await createTokenSigner(), codes: new AuthorizationCodes<Owner>() };
}

/** Whether encrypted content came from this simulator or from a recording that it replayed. */
export function isKnownContent(
  content: string,
  { replayedContent }: Pick<ServerState, "replayedContent">,
): boolean {
  return isGenuine(content) || replayedContent.has(content);
}
