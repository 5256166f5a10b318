import { AxioError, type JsonObject, type RateLimits, type StreamRequest } from "axio";
import { type FetchLike, type HttpResponse, type ResponseFault, sendRequest } from "axio-http";
import { hideTokens } from "axio-http/internal";
import { originOf } from "./account-origin.ts";
import { type AuthorizedRequest, authorizedRequest, type CredentialSource } from "./authorized-request.ts";
import type { Call } from "./connection.ts";
import { type ReadErrorOptions, readErrorResponse, readJson } from "./errors.ts";
import type { ServiceModels } from "./model-list.ts";
import type { TransportOptions } from "./options.ts";
import { partitionParameters, type UnsupportedParameters } from "./parameters.ts";
import type { WireFormat } from "./wire-format.ts";

/** The timeout of a small request, in milliseconds. */
const SMALL_REQUEST_TIMEOUT_MS = 5_000;

/** An API as data: all that one transport knows of its service. `C` is the shape of its credentials. */
export interface ServiceConfig<C extends object> {
  /** The name that users see. */
  readonly name: string;
  /** The provider in telemetry: see `CompletionTransport.provider`. */
  readonly provider?: string | undefined;
  /** The key of the transport's own data in the `providerData` of a block. */
  readonly providerKey: string;
  readonly baseUrl: URL;
  readonly session: CredentialSource<C>;
  readonly fetch: FetchLike;
  /** Returns the headers of every request. `conversationId` is set if the request belongs to a conversation. */
  readonly headers: (credentials: C, conversationId?: string) => Record<string, string>;
  /** Identifies an account: its encrypted reasoning is unreadable for any other. */
  readonly accountOf: (credentials: C) => string;
  /** How requests, responses and errors are worded. */
  readonly wire: WireFormat;
  /**
   * Returns the secrets of credentials, which must not appear in an error even if the server repeats them. What looks like a
   * token never does. Default: none.
   */
  readonly secretsOf?: ((credentials: C) => readonly string[]) | undefined;
  /** Explains the error of a failed request to the user, for example how to start the server. Default: unchanged. */
  readonly explain?: ((error: AxioError) => AxioError) | undefined;
  /** Whether newer credentials may solve this 401. Default: always. */
  readonly mayRefresh?: ((rejection: AxioError) => boolean) | undefined;
  /** Reads the rate limits of the account from response headers. Default: they hold none. */
  readonly readRateLimits?: ((headers: Headers) => RateLimits | undefined) | undefined;
  /** The list of models. */
  readonly models: ServiceModels;
  /** The parameters that the service rejects. Default: none. */
  readonly unsupportedParameters?: UnsupportedParameters | undefined;
  /** Changes a request before its body is built, for example to drop what the service rejects. Default: unchanged. */
  readonly adaptRequest?: ((request: StreamRequest) => StreamRequest) | undefined;
  /** Rules that remove the cause of a failure, after those of the wire format: see `Connection.recover`. Default: none. */
  readonly recover?: readonly ((error: AxioError, call: Call) => boolean)[] | undefined;
}

/** A small request. */
export interface SmallRequest {
  /** The body, which is sent as JSON in a POST. Default: a GET without a body. */
  readonly body?: JsonObject | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The call that the request belongs to, for its errors. Default: none. */
  readonly call?: Call | undefined;
}

/** An API that needs credentials: builds its requests, reads its errors, and knows the account's rate limits. */
export class ApiService<C extends object> {
  readonly config: ServiceConfig<C>;
  readonly options: TransportOptions<C>;
  /** The newest rate limits of the account. */
  rateLimits: RateLimits | undefined;
  /** An error for each of `options.parameters` that is not sent. */
  readonly rejectedParameters: readonly AxioError[];
  readonly #originOf = originOf();
  /** The newest result of {@link endpoint}: nearly all requests have the same URL. */
  #endpoint: { readonly path: string; readonly url: URL } | undefined;
  readonly #parameters: JsonObject;

  /** @throws AxioError `unsupported-parameter` with `strict`, for the first parameter that cannot be sent. */
  constructor(config: ServiceConfig<C>, options: TransportOptions<C>) {
    const { sent, rejected } = partitionParameters(
      options.parameters ?? {},
      config.wire.ownParameters,
      config.unsupportedParameters,
    );
    const [error] = rejected;
    if (options.strict === true && error !== undefined) throw error;
    this.config = config;
    this.options = options;
    this.rejectedParameters = rejected;
    this.#parameters = sent;
  }

  /** Reports a problem that does not end a call. */
  warn(warning: unknown): void {
    if (AxioError.is(warning)) this.options.onWarning?.(warning);
  }

  /** Returns a URL of the service, which must not be changed. The query of the base URL stays. */
  endpoint(path: string): URL {
    if (this.#endpoint?.path === path) return this.#endpoint.url;
    const url = this.#resolve(path);
    this.#endpoint = { path, url };
    return url;
  }

  #resolve(path: string): URL {
    const { origin, pathname, search } = this.config.baseUrl;
    const url = new URL(path, `${origin}${pathname.replace(/\/+$/, "")}/`);
    for (const [name, value] of new URLSearchParams(search)) url.searchParams.append(name, value);
    return url;
  }

  /** Returns what {@link authorizedRequest} needs for a request to a URL. */
  authorization(
    url: URL,
    signal: AbortSignal | undefined,
    call?: Call,
  ): Pick<AuthorizedRequest<C, unknown, HttpResponse>, "session" | "signal" | "mayRefresh" | "readError"> {
    const { session, mayRefresh, secretsOf } = this.config;
    return {
      session,
      signal,
      mayRefresh,
      readError: (response, credentials) =>
        this.readError(response, url, { signal, call, secrets: secretsOf?.(credentials) }),
    };
  }

  /**
   * Sends a small request and reads its response as JSON.
   *
   * @throws AxioError as the service responds; `protocol` if it is not JSON, `network`, `aborted`.
   */
  async getJson(
    url: URL,
    request: SmallRequest = {},
  ): Promise<{ readonly body: unknown; readonly headers: Headers }> {
    try {
      return await this.#getJson(url, request);
    } catch (error) {
      throw AxioError.is(error) ? this.explain(error) : error;
    }
  }

  /** Explains the error of a failed request to the user. */
  explain(error: AxioError): AxioError {
    return this.config.explain?.(error) ?? error;
  }

  /** Reads the error of a response without success, together with the rate limits that it states. */
  readError(
    response: HttpResponse,
    url: URL,
    { signal, call, secrets }: Pick<SmallRequest, "signal" | "call"> & Pick<ReadErrorOptions, "secrets">,
  ): Promise<AxioError> {
    const { wire } = this.config;
    const rateLimits = this.noteRateLimits(response.headers);
    const rules = [(fault: ResponseFault) => wire.classify(fault, call)];
    return readErrorResponse(response, url, { rules, signal, secrets, details: { rateLimits } });
  }

  /** Returns the function that removes the secrets of credentials, and all that looks like a token, from a text. */
  secretHider(credentials: C): (text: string) => string {
    const secrets = (this.config.secretsOf?.(credentials) ?? []).filter((secret) => secret !== "");
    return (text) =>
      hideTokens(secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "[hidden]"), text));
  }

  /** Stores the rate limits that headers state, and returns them. */
  noteRateLimits(headers: Headers): RateLimits | undefined {
    const rateLimits = this.config.readRateLimits?.(headers);
    this.rateLimits = rateLimits ?? this.rateLimits;
    return rateLimits;
  }

  /** Stores rate limits that an event states: usually of one family, while headers state all of them. */
  mergeRateLimits(rateLimits: RateLimits): void {
    this.rateLimits = mergeRateLimits(this.rateLimits, rateLimits);
  }

  /** Identifies who can read the encrypted reasoning of a response. */
  originOf(call: Call, credentials: C): string {
    return this.#originOf(this.config.accountOf(credentials), call.model.id);
  }

  /** Builds the body of a request. */
  buildBody(call: Call, credentials: C): JsonObject {
    const origin = this.originOf(call, credentials);
    return this.config.wire.buildBody(call, { origin, parameters: this.#parameters });
  }

  /** Removes the cause of a failure: see `Connection.recover`. */
  recover(error: AxioError, call: Call): boolean {
    const { wire, recover = [] } = this.config;
    return wire.recover?.(error, call) === true || recover.some((rule) => rule(error, call));
  }

  async #getJson(
    url: URL,
    { body, signal, call }: SmallRequest,
  ): Promise<{ readonly body: unknown; readonly headers: Headers }> {
    const { fetch, headers } = this.config;
    const content =
      body === undefined
        ? {}
        : { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    const { response, error } = await authorizedRequest({
      ...this.authorization(url, signal, call),
      send: sendRequest,
      build: (credentials: C) => ({
        ...content,
        url,
        fetch,
        headers: { ...headers(credentials), ...content.headers, Accept: "application/json" },
        responseTimeoutMs: SMALL_REQUEST_TIMEOUT_MS,
        signal,
      }),
    });
    if (error !== undefined) throw error;
    this.noteRateLimits(response.headers);
    return { body: await readJson(response, url, signal), headers: response.headers };
  }
}

/** Replaces the families of limits that are newly stated, and keeps the others. */
function mergeRateLimits(previous: RateLimits | undefined, updated: RateLimits): RateLimits {
  if (previous === undefined) return updated;
  const byId = new Map([...previous.limits, ...updated.limits].map((limit) => [limit.id, limit]));
  return { ...previous, ...updated, limits: [...byId.values()] };
}
