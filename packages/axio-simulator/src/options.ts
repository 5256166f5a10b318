import { DEFAULT_MODELS, type SimulatedModel } from "./backend/model-catalogue.ts";
import { DEFAULT_ACCOUNTS, type SimulatedAccount } from "./oauth/accounts.ts";

/** How a simulator differs from the usual one. */
export interface SimulatorOptions {
  /** The port on 127.0.0.1; 0 (the default) takes any free one. */
  readonly port?: number;
  /** Serves https with a throw-away CA, which `Simulator.caPem` holds; default false. */
  readonly https?: boolean;
  /** Life of an access token in seconds; default 864000 (10 days). */
  readonly tokenLifetimeSeconds?: number;
  /** How long an answer of `/oauth/token` is on its way, in milliseconds; what it says has happened by then. Default 0. */
  readonly tokenDelayMs?: number;
  /** A refresh token that comes a second time ends its whole sign-in (RFC 9700 §4.14.2); default false. */
  readonly endSignInOnReuse?: boolean;
  /** The accounts to choose from; the first one is the default everywhere. */
  readonly accounts?: readonly SimulatedAccount[];
  /** The catalogue behind `/models` and the check of `model`. */
  readonly models?: readonly SimulatedModel[];
  /** `/oauth/authorize` redirects at once as the first account, without a page; default false. */
  readonly autoApprove?: boolean;
  /** The originators that may sign in; by default any that is present. */
  readonly originators?: readonly string[];
  /** Seconds between polls that the device flow asks for; default 5, as the service says. */
  readonly deviceIntervalSeconds?: number;
  /** Milliseconds between two deltas; default 0. */
  readonly paceMs?: number;
  /** The tools of the service's own that the account lacks: `web_search`, `image_generation`; by default none. */
  readonly lackingTools?: readonly string[];
  /** Whether `/responses` takes WebSockets; default true. Otherwise they are answered with 426. */
  readonly webSocket?: boolean;
  /** The folder that `replay <name>` reads recorded streams from. */
  readonly replayFolder?: string;
}

/** Every option with its value. */
export interface ResolvedOptions {
  readonly port: number;
  readonly https: boolean;
  readonly tokenLifetimeSeconds: number;
  readonly tokenDelayMs: number;
  readonly endSignInOnReuse: boolean;
  readonly accounts: readonly SimulatedAccount[];
  readonly models: readonly SimulatedModel[];
  readonly autoApprove: boolean;
  readonly originators: readonly string[] | undefined;
  readonly deviceIntervalSeconds: number;
  readonly paceMs: number;
  readonly lackingTools: readonly string[];
  readonly webSocket: boolean;
  readonly replayFolder: string | undefined;
}

export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  return {
    port: options.port ?? 0,
    https: options.https ?? false,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 864_000,
    tokenDelayMs: options.tokenDelayMs ?? 0,
    endSignInOnReuse: options.endSignInOnReuse ?? false,
    accounts: options.accounts ?? DEFAULT_ACCOUNTS,
    models: options.models ?? DEFAULT_MODELS,
    autoApprove: options.autoApprove ?? false,
    originators: options.originators,
    deviceIntervalSeconds: options.deviceIntervalSeconds ?? 5,
    paceMs: options.paceMs ?? 0,
    lackingTools: options.lackingTools ?? [],
    webSocket: options.webSocket ?? true,
    replayFolder: options.replayFolder,
  };
}
