import type { SimulatedAccount } from "./oauth/accounts.ts";
import type { SimulatedModel } from "./responses/model-catalogue.ts";
import type { PreparedResponse } from "./stream/scripted-response.ts";

/** The options of every simulator. */
export interface ServerOptions {
  /** The port on 127.0.0.1. Default: 0, any free port. */
  readonly port?: number | undefined;
  /** Serves https with a temporary CA, whose certificate is `caPem`. Default: false. */
  readonly https?: boolean | undefined;
  /** Milliseconds between two deltas. Default: 0. */
  readonly paceMs?: number | undefined;
  /** The directory from which `replay NAME` reads recorded streams. Default: none, and `replay` fails. */
  readonly replayDirectory?: string | undefined;
  /** The responses to the first requests, whatever their prompts say. Default: none, and prompts are scripts. */
  readonly responses?: readonly PreparedResponse[] | undefined;
  /** Begins again after the last of `responses`. Default: false, and a request too many fails. */
  readonly repeatResponses?: boolean | undefined;
  /** Lets web pages of any origin send requests (CORS). Default: false. */
  readonly cors?: boolean | undefined;
}

/** The options of every simulator with `/responses`. */
export interface ResponsesOptions extends ServerOptions {
  /** The hosted tools that the account lacks: `web_search`, `image_generation`. Default: none. */
  readonly lackingTools?: readonly string[] | undefined;
  /** Whether `/responses` accepts WebSockets. Default: true. */
  readonly webSocket?: boolean | undefined;
}

/** The options of every simulator with a sign-in. */
export interface SharedOptions extends ResponsesOptions {
  /** The lifetime of an access token in seconds. Default: 864,000 (Codex) or 3,600 (ChatGPT). */
  readonly tokenLifetimeSeconds?: number | undefined;
  /** How long a response of the token endpoint is delayed after its effect, in milliseconds. Default: 0. */
  readonly tokenDelayMs?: number | undefined;
  /** The accounts to choose from. The first is the default everywhere. */
  readonly accounts?: readonly SimulatedAccount[] | undefined;
  /** The models of the list, which the check of `model` also uses. */
  readonly models?: readonly SimulatedModel[] | undefined;
  /** Redirects from the authorization endpoint at once, without a page. Default: false. */
  readonly autoApprove?: boolean | undefined;
}

/** Options in which every option that has a default is set. */
export type WithDefaults<Options, Defaults> = {
  readonly [Name in keyof Options]-?: Name extends keyof Defaults
    ? Exclude<Options[Name], undefined>
    : Options[Name];
};

/** Sets the options that are missing or `undefined`. */
export function withDefaults<Options extends object, Defaults extends Partial<Options>>(
  options: Options,
  defaults: Defaults,
): WithDefaults<Options, Defaults> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as WithDefaults<Options, Defaults>;
}

/** The defaults of every simulator. */
export const SERVER_DEFAULTS = {
  port: 0,
  https: false,
  paceMs: 0,
  responses: [],
  repeatResponses: false,
  cors: false,
} as const satisfies ServerOptions;

/** The defaults of every simulator with `/responses`. */
export const RESPONSES_DEFAULTS = {
  ...SERVER_DEFAULTS,
  lackingTools: [],
  webSocket: true,
} as const satisfies ResponsesOptions;

/** The defaults of every simulator with a sign-in. */
export const SHARED_DEFAULTS = {
  ...RESPONSES_DEFAULTS,
  tokenDelayMs: 0,
  autoApprove: false,
} as const satisfies SharedOptions;
