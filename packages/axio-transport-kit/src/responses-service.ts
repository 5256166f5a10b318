import { AxioError, type JsonObject, type ModelRegistry, type RateLimits, type StreamRequest } from "axio";
import type { BearerCredentials } from "axio-auth";
import { type ErrorRule, type FetchLike, sendRequest } from "axio-http";
import { buildRequestBody, type ClassifyOptions, type RequestBody } from "axio-responses";
import { type AuthorizedRequest, authorizedRequest, type CredentialSource } from "./authorized-request.ts";
import type { Call } from "./connection.ts";
import { classifyFault, readErrorResponse, readJson } from "./errors.ts";
import type { ModelOrder } from "./model-list.ts";
import type { ResponsesTransportOptions } from "./options.ts";
import { partitionParameters, type UnsupportedParameters } from "./parameters.ts";
import { isUnreadableReasoning, ReasoningFilter } from "./reasoning-filter.ts";

/** The timeout of a small request, in milliseconds. */
const SMALL_REQUEST_TIMEOUT_MS = 5_000;

/** The content of an event that the Responses API does not have. */
export interface ServiceEvent {
  readonly rateLimits?: RateLimits | undefined;
  /** Headers of the response that come late. */
  readonly headers?: Headers | undefined;
}

/** A Responses API as data: all that one transport knows of its service. `C` is the shape of its credentials. */
export interface ServiceConfig<C extends BearerCredentials> {
  /** The name that users see. */
  readonly name: string;
  /** The key of the transport's own data in the `providerData` of a block. */
  readonly providerKey: string;
  readonly baseUrl: URL;
  readonly session: CredentialSource<C>;
  readonly fetch: FetchLike;
  /** Returns the headers of every request. `conversationId` is set if the request belongs to a conversation. */
  readonly headers: (credentials: C, conversationId?: string) => Record<string, string>;
  /** Identifies an account: its encrypted reasoning is unreadable for any other. */
  readonly accountOf: (credentials: C) => string;
  /** Classifies the errors of the service. Default: as the Responses API words them. */
  readonly errorRule?: ErrorRule | undefined;
  /** Classifies error codes that only this service has, in events. Default: it has none. */
  readonly classify?: ClassifyOptions["classify"];
  /** Whether newer credentials may solve this 401. Default: always. */
  readonly mayRefresh?: ((rejection: AxioError) => boolean) | undefined;
  /** Reads the rate limits of the account from response headers. Default: they hold none. */
  readonly readRateLimits?: ((headers: Headers) => RateLimits | undefined) | undefined;
  /** Reads an event that the Responses API does not have. Default: it is ignored. */
  readonly readEvent?: ((event: JsonObject) => ServiceEvent | undefined) | undefined;
  /** The list of models. */
  readonly models: {
    /** The path of the list, relative to `baseUrl`. */
    readonly path: string;
    /** The order of the list. */
    readonly order: ModelOrder;
    /** The header in which any response states the current version of the list. Default: none does. */
    readonly etagHeader?: string | undefined;
    /** The models before the list is known. */
    readonly builtIn: ModelRegistry;
    /** The model if the caller names none, provided that the account has it or the list is not available. */
    readonly defaultId: string;
  };
  /** The parameters that the service rejects. */
  readonly unsupportedParameters: UnsupportedParameters;
  /** The types of items that the service accepts in `input`. Default: all that the API has. */
  readonly itemTypes?: ReadonlySet<string> | undefined;
  /** Changes a request before its body is built, for example to drop what the service rejects. Default: unchanged. */
  readonly adaptRequest?: ((request: StreamRequest) => StreamRequest) | undefined;
  /** Changes a request body to the form that the service accepts. Default: unchanged. */
  readonly adaptBody?: ((body: RequestBody, call: Call) => JsonObject) | undefined;
  /** Rules that remove the cause of a failure: see `Connection.recover`. Default: none. */
  readonly recover?: readonly ((error: AxioError, call: Call) => boolean)[] | undefined;
}

/** A Responses API that needs credentials: builds its requests, reads its errors, and knows the account's rate limits. */
export class ResponsesService<C extends BearerCredentials> {
  readonly config: ServiceConfig<C>;
  readonly options: ResponsesTransportOptions<C>;
  /** The newest rate limits of the account. */
  rateLimits: RateLimits | undefined;
  /** An error for each of `options.parameters` that is not sent. */
  readonly rejectedParameters: readonly AxioError[];
  readonly #reasoning = new ReasoningFilter();
  readonly #parameters: JsonObject;

  /** @throws AxioError `unsupported-parameter` with `strict`, for the first parameter that cannot be sent. */
  constructor(config: ServiceConfig<C>, options: ResponsesTransportOptions<C>) {
    const { sent, rejected } = partitionParameters(options.parameters ?? {}, config.unsupportedParameters);
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

  /** Returns a URL of the service. */
  endpoint(path: string): URL {
    const { origin, pathname } = this.config.baseUrl;
    return new URL(path, `${origin}${pathname.replace(/\/+$/, "")}/`);
  }

  /** Returns what {@link authorizedRequest} needs for a request to a URL. */
  authorization(
    url: URL,
    signal: AbortSignal | undefined,
  ): Pick<AuthorizedRequest<C, unknown, Response>, "session" | "signal" | "mayRefresh" | "readError"> {
    const { session, mayRefresh } = this.config;
    return { session, signal, mayRefresh, readError: (response) => this.readError(response, url, signal) };
  }

  /** Sends a small request and reads its response as JSON. */
  async getJson(
    url: URL,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly body: unknown; readonly headers: Headers }> {
    const { fetch, headers } = this.config;
    const { response, error } = await authorizedRequest({
      ...this.authorization(url, signal),
      send: sendRequest,
      build: (credentials: C) => ({
        url,
        fetch,
        headers: { ...headers(credentials), Accept: "application/json" },
        responseTimeoutMs: SMALL_REQUEST_TIMEOUT_MS,
        signal,
      }),
    });
    if (error !== undefined) throw error;
    this.noteRateLimits(response.headers);
    return { body: await readJson(response, url, signal), headers: response.headers };
  }

  /** Reads the error of a response without success, together with the rate limits that it states. */
  readError(response: Response, url: URL, signal: AbortSignal | undefined): Promise<AxioError> {
    const { errorRule = classifyFault } = this.config;
    const rateLimits = this.noteRateLimits(response.headers);
    return readErrorResponse(response, url, { rules: [errorRule], signal, details: { rateLimits } });
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
  reasoningOrigin(call: Call, credentials: C): string {
    return this.#reasoning.originOf(this.config.accountOf(credentials), call.model.id);
  }

  /** Builds the body of a request, without reasoning that the account or the model cannot read. */
  buildBody(call: Call, credentials: C): JsonObject {
    const { model, system, tools, reasoning, toolChoice, outputFormat, conversationId } = call;
    const { verbosity, serviceTier } = this.options;
    const { adaptBody = (body: RequestBody) => body } = this.config;
    const body = buildRequestBody({
      model: model.id,
      system,
      messages: this.#reasoning.filterMessages(call.messages, this.reasoningOrigin(call, credentials)),
      tools,
      options: {
        reasoning,
        verbosity,
        serviceTier,
        promptCacheKey: conversationId,
        toolChoice,
        outputFormat,
      },
      itemTypes: this.config.itemTypes,
    });
    const { input, ...rest } = adaptBody(body, call);
    // `input` comes last, so that each request begins with the bytes of the one before it.
    return { ...rest, ...this.#parameters, input };
  }

  /** Drops the reasoning of a call whose encrypted reasoning the service cannot read. */
  recover(error: AxioError, call: Call): boolean {
    return isUnreadableReasoning(error) && this.#reasoning.drop(call.messages);
  }
}

/** Replaces the families of limits that are newly stated, and keeps the others. */
function mergeRateLimits(previous: RateLimits | undefined, updated: RateLimits): RateLimits {
  if (previous === undefined) return updated;
  const byId = new Map([...previous.limits, ...updated.limits].map((limit) => [limit.id, limit]));
  return { ...previous, ...updated, limits: [...byId.values()] };
}
