import { DEFAULT_MODELS, type SimulatedModel } from "../backend/model-catalogue.ts";
import type { SimulatedAccount } from "../oauth/accounts.ts";
import { CHATGPT_ACCOUNTS } from "./accounts.ts";
import type { SwitchChanges } from "./switches.ts";
import { resolveUnknowns, type UnknownRule, type UnknownRules } from "./unknowns.ts";
import type { Violation } from "./violations.ts";

/** How a simulator of "Sign in with ChatGPT" differs from the usual one. */
export interface ChatGPTSimulatorOptions {
  /** The port on 127.0.0.1; 0 (the default) takes any free one. */
  readonly port?: number;
  /** Serves https with a throw-away CA, which `ChatGPTSimulator.caPem` holds; default false. */
  readonly https?: boolean;
  /** Life of an access token in seconds; default 3600. */
  readonly tokenLifetimeSeconds?: number;
  /** How long an answer of the token endpoint is on its way, in milliseconds; what it says has happened by then. Default 0. */
  readonly tokenDelayMs?: number;
  /** The accounts to choose from; the first one is the default everywhere. */
  readonly accounts?: readonly SimulatedAccount[];
  /** The catalogue behind `/v1/models` and the check of `model`. */
  readonly models?: readonly SimulatedModel[];
  /** The slugs an account may use, by its id; default all. */
  readonly modelsOf?: Readonly<Record<string, readonly string[]>>;
  /** The authorize endpoint redirects at once, as the switch `decision` says, without a page; default false. */
  readonly autoApprove?: boolean;
  /** Where the real service's answer is not known: refuse, accept, or each rule by itself. Default `strict`. */
  readonly unknowns?: "strict" | "lenient" | Partial<UnknownRules>;
  /** Switches that differ from the start; `set` and `next` change them later. */
  readonly switches?: SwitchChanges;
  /** Told of each violation as it happens. */
  readonly onViolation?: (violation: Violation) => void;
  /** Milliseconds between two deltas; default 0. */
  readonly paceMs?: number;
  /** Tools of the service's own that the account lacks: `web_search`; by default none. */
  readonly lackingTools?: readonly string[];
  /** Whether `/v1/responses` takes WebSockets, of which the documents say hardly more than that they exist; default true. */
  readonly webSocket?: boolean;
  /** The folder that `replay <name>` reads recorded streams from. */
  readonly replayFolder?: string;
}

/** Every option with its value. */
export interface ResolvedChatGPTOptions {
  readonly port: number;
  readonly https: boolean;
  readonly tokenLifetimeSeconds: number;
  readonly tokenDelayMs: number;
  readonly accounts: readonly SimulatedAccount[];
  readonly models: readonly SimulatedModel[];
  readonly modelsOf: Readonly<Record<string, readonly string[]>>;
  readonly autoApprove: boolean;
  readonly unknowns: "strict" | "lenient" | Partial<UnknownRules>;
  readonly accepted: ReadonlySet<UnknownRule>;
  readonly switches: SwitchChanges;
  readonly onViolation: (violation: Violation) => void;
  readonly paceMs: number;
  readonly lackingTools: readonly string[];
  readonly webSocket: boolean;
  readonly replayFolder: string | undefined;
}

export function resolveChatGPTOptions(options: ChatGPTSimulatorOptions): ResolvedChatGPTOptions {
  return {
    port: options.port ?? 0,
    https: options.https ?? false,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 3600,
    tokenDelayMs: options.tokenDelayMs ?? 0,
    accounts: options.accounts ?? CHATGPT_ACCOUNTS,
    models: options.models ?? DEFAULT_MODELS,
    modelsOf: options.modelsOf ?? {},
    autoApprove: options.autoApprove ?? false,
    unknowns: options.unknowns ?? "strict",
    accepted: resolveUnknowns(options.unknowns ?? "strict"),
    switches: options.switches ?? {},
    onViolation: options.onViolation ?? (() => undefined),
    paceMs: options.paceMs ?? 0,
    lackingTools: options.lackingTools ?? [],
    webSocket: options.webSocket ?? true,
    replayFolder: options.replayFolder,
  };
}
