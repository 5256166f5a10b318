import type { CompletionTransport } from "axio";
import { OPTION, type RulesOf, required } from "axio/internal";
import type { GatewayKey } from "./access/key.ts";
import type { RequestFacts } from "./observe/metrics.ts";

/** The default of {@link GatewayOptions.maxBodyBytes}. */
export const MAX_BODY_BYTES: number = 32 * 1024 * 1024;

/** Options of `Gateway` and `startGateway()`. */
export interface GatewayOptions {
  /** The transport of the default profile, or the transports by the name of their profile, the default first. */
  readonly transport: CompletionTransport | Readonly<Record<string, CompletionTransport>>;
  /** The keys that may use the gateway, or a function that returns them for each request. */
  readonly keys: readonly GatewayKey[] | (() => Promise<readonly GatewayKey[]>);
  /** More values of `Host` that name this server: `"axio.example:443"`. Default: only loopback. */
  readonly hosts?: readonly string[] | undefined;
  /** The origins of web pages that may send requests. Default: none. */
  readonly origins?: readonly string[] | undefined;
  /** Other names of models. Default: names that begin with `claude-axio-` are those without it. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Refuses requests that ask for something that has no effect. Default: `false`, the header `axio-warnings` names it. */
  readonly strict?: boolean | undefined;
  /** Sends reasoning to Chat Completions clients as `reasoning_content`. Default: `true`. */
  readonly showReasoning?: boolean | undefined;
  /** The largest body of a request in bytes, compressed and not. Default: 32 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** How long a stream may wait before a sign of life is sent. Default: 15,000. */
  readonly keepAliveMs?: number | undefined;
  /** How long a wrong key waits for its answer. Default: 250. */
  readonly wrongKeyDelayMs?: number | undefined;
  /** How long a request waits while its key runs as many as it may. Default: 30,000. */
  readonly queueTimeoutMs?: number | undefined;
  /** Serves a program to which this sign-in belongs, although its terms forbid general access. Default: refused. */
  readonly isConnectedApplication?: boolean | undefined;
  /** Called for each request that has ended. Contains no content and no secret. */
  readonly onRequest?: ((facts: RequestFacts) => void) | undefined;
  /** Returns the time in Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** The rules of {@link GatewayOptions}. `Gateway` checks the transports. */
export const GATEWAY_RULES: RulesOf<GatewayOptions> = {
  transport: required({ ...OPTION.object, expected: "a transport, such as new CodexTransport()" }),
  keys: required({
    isValid: (value) => Array.isArray(value) || typeof value === "function",
    expected: "the keys that createKey() returns, in a list, or a function that returns them",
  }),
  hosts: OPTION.strings,
  origins: OPTION.strings,
  aliases: OPTION.object,
  strict: OPTION.boolean,
  showReasoning: OPTION.boolean,
  maxBodyBytes: { isValid: (value) => typeof value === "number" && value > 0, expected: "a number of bytes" },
  keepAliveMs: OPTION.milliseconds,
  wrongKeyDelayMs: OPTION.milliseconds,
  queueTimeoutMs: OPTION.milliseconds,
  isConnectedApplication: OPTION.boolean,
  onRequest: OPTION.function,
  now: OPTION.function,
};
