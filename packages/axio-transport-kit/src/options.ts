import { AxioError, type JsonObject, type ModelRegistry, type ModelSpec, type ReasoningOptions } from "axio";
import { assertKnownOptions } from "axio/internal";
import type { RetryNotice } from "axio/plugin";
import type { FetchLike, RetryOptions } from "axio-http";
import type { RequestOptions } from "axio-responses";

/** The options of every transport. `C` is the shape of its credentials. */
export interface TransportOptions<C extends object = object> {
  /** The name that users see. Default: the name of the service. */
  readonly name?: string | undefined;
  /** Awaited with the new credentials after each refresh. A failure goes to `onWarning`. */
  readonly onAuthRefresh?: ((credentials: C) => void | Promise<void>) | undefined;
  /** Called with problems that do not end a call: a failed `onAuthRefresh`, a failed early refresh, a parameter that is not sent, a schema that is not enforced. */
  readonly onWarning?: ((warning: AxioError) => void) | undefined;
  /**
   * The model of requests that name none, by its id or as a description. Default: the transport's own; if the account does
   * not have that, the default of the account.
   */
  readonly model?: string | ModelSpec | undefined;
  /** The models until the list of the account is known. Default: a built-in list. */
  readonly models?: ModelRegistry | undefined;
  /** Sends every request: for proxies, tests and other runtimes. Default: the global `fetch`, or one that supports the proxy variables of the environment. */
  readonly fetch?: FetchLike | undefined;
  /** How often and how long a failed call is retried. */
  readonly retry?: RetryOptions | undefined;
  /** Called before each delay of a retry, also if the retry is invisible in the stream. */
  readonly onRetry?: ((retry: RetryNotice) => void) | undefined;
  /** The deadline of a call, retries and delays included, in milliseconds. Default: none. Then `deadline-exceeded`. */
  readonly deadlineMs?: number | undefined;
  /** How the model reasons, unless the request says so. Default: the model's own effort, and a summary. */
  readonly reasoning?: ReasoningOptions | undefined;
  /**
   * More parameters of the request body, as the API names them. Parameters that the service rejects and those that the
   * transport sets itself are not sent, and reported to `onWarning` once. Default: none.
   */
  readonly parameters?: JsonObject | undefined;
  /** Whether a parameter that cannot be sent, or a schema that cannot be enforced, is an error. Default: `false`. */
  readonly strict?: boolean | undefined;
  /** Identifies the conversation to the service, so that it finds its cache. Default: the id of the context store. */
  readonly conversationId?: string | undefined;
  /** The longest time without an event, in milliseconds. Default: 300,000. Then `stream-idle`, which is retried. */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * The longest wait for the headers of a response, in milliseconds. Default: 30,000; with axio-transport-openai 300,000 for a
   * server on a loopback address, which may have to load its model. Then `response-timeout`, which is retried.
   */
  readonly responseTimeoutMs?: number | undefined;
}

/** The options of every transport to a Responses API. `C` is the shape of its credentials. */
export interface ResponsesTransportOptions<C extends object = object> extends TransportOptions<C> {
  /** How the model reasons, unless the request says so. Default: the model's own effort, and a summary. */
  readonly reasoning?: RequestOptions["reasoning"];
  /** How long responses are. Default: the model's own. */
  readonly verbosity?: RequestOptions["verbosity"];
  /** `"priority"` or `"flex"`, if the model offers it. Default: none. */
  readonly serviceTier?: string | undefined;
}

/** The names of options. The type makes the list complete. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/** The names of {@link TransportOptions}. */
export const TRANSPORT_OPTION_NAMES: OptionNames<TransportOptions> = {
  name: true,
  onAuthRefresh: true,
  onWarning: true,
  model: true,
  models: true,
  fetch: true,
  retry: true,
  onRetry: true,
  deadlineMs: true,
  reasoning: true,
  parameters: true,
  strict: true,
  conversationId: true,
  idleTimeoutMs: true,
  responseTimeoutMs: true,
};

/** The names of {@link ResponsesTransportOptions}. */
export const RESPONSES_OPTION_NAMES: OptionNames<ResponsesTransportOptions> = {
  ...TRANSPORT_OPTION_NAMES,
  verbosity: true,
  serviceTier: true,
};

/** The options that are strings in each transport that has them. */
const STRINGS: ReadonlySet<string> = new Set([
  "accessToken",
  "accountId",
  "apiVersion",
  "conversationId",
  "name",
  "organization",
  "originator",
  "project",
  "refreshToken",
  "resource",
  "serviceTier",
]);

/**
 * Checks options that come from untyped code: a misspelled or renamed option would be ignored, and `Number(process.env.X)`
 * of an unset variable is `NaN`, which would mean no timeout at all.
 *
 * @param owner The class whose options they are.
 * @throws AxioError `invalid-argument` for an unknown option, for a number that is negative or `NaN`, and for another type of
 *   value.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  names: OptionNames<Options>,
): void {
  const given: unknown = options;
  assertKnownOptions(owner, given, Object.keys(names));
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (name.endsWith("Ms") && !(typeof value === "number" && value >= 0)) {
      throw new AxioError(
        "invalid-argument",
        `${name} is ${String(value)}. Give a number that is not negative, or omit it.`,
      );
    }
    const expected = expectedValue(name, value);
    // The value may be a secret.
    if (expected !== undefined)
      throw new AxioError(
        "invalid-argument",
        `The option "${name}" of ${owner} is not ${expected}. Pass one.`,
      );
  }
}

/** Returns what a value should be, if it is not. */
function expectedValue(name: string, value: unknown): string | undefined {
  const isString = typeof value === "string";
  const isFunction = typeof value === "function";
  if (STRINGS.has(name)) return isString ? undefined : "a string";
  if (name === "apiKey") return isString || isFunction ? undefined : "a string";
  if (name === "baseUrl" || name === "issuer") return isString || value instanceof URL ? undefined : "a URL";
  if (name === "fetch" || /^on[A-Z]/.test(name)) return isFunction ? undefined : "a function";
  if (name === "model") return isString || isModel(value) ? undefined : "the id of a model";
  return undefined;
}

function isModel(value: unknown): boolean {
  return typeof value === "object" && value !== null && "id" in value;
}
