import { AxioError, ModelRegistry, type ModelSpec } from "axio";
import type { ApiKeyCredentials } from "axio-auth";
import { type Dialect, readRateLimits } from "axio-chat-completions";
import { defaultFetch } from "axio-http";
import {
  ApiService,
  type Connection,
  type CredentialSource,
  HttpConnection,
  type ServiceConfig,
  UNKNOWN_CAPABILITIES,
  userAgent,
  type WireFormat,
} from "axio-transport-kit";
import { usesWebSocket } from "axio-transport-kit/internal";
import { LOCAL_RESPONSE_TIMEOUT_MS, PRODUCT, PROVIDER_KEY } from "./config.ts";
import { loadModels } from "./models/load-models.ts";
import { OPENAI_MODELS } from "./models/openai-models.ts";
import { checkHeaders, type ServerOptions } from "./options.ts";
import { ServerConnection } from "./server-connection.ts";
import { completeBaseUrl, isLocal, readBaseUrl, urlOfHostVariable } from "./servers/base-url.ts";
import { findServer } from "./servers/find-server.ts";
import type { Server, ServerApi } from "./servers/server.ts";
import { chatWire } from "./wire/chat-wire.ts";
import { publicResponsesWire } from "./wire/public-responses.ts";

/** The parameters that would contradict the rest of a request to the Responses API. */
const UNSUPPORTED = {
  names: new Set(["background", "conversation"]),
  reason: "The transport keeps the conversation and reads the response as it comes.",
};

/** The model of a server that has no default, until its list is known. */
const NO_MODEL = "default";

/** The providers that OpenTelemetry names otherwise than we do. */
const PROVIDER_NAMES: { readonly [serverId: string]: string | undefined } = {
  azure: "azure.ai.openai",
  gemini: "gcp.gemini",
  mistral: "mistral_ai",
  moonshot: "moonshot_ai",
  xai: "x_ai",
};

/** The environment of a service, which differs between runtimes. */
export interface ServiceEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Creates what provides the key. */
  readonly createSession: (
    server: Server,
    baseUrl: URL,
    options: ServerOptions,
  ) => CredentialSource<ApiKeyCredentials>;
}

/** A service and the connection to it. */
export type ConnectedService = readonly [ApiService<ApiKeyCredentials>, Connection];

/**
 * Creates the service of a server, and the connection to it.
 *
 * @param preset Default: the one that fits the base URL.
 * @throws AxioError `invalid-argument` for invalid options; `unsupported-parameter` with `strict`.
 */
export function createService(
  preset: Server | undefined,
  { extraBody, ...given }: ServerOptions,
  environment: ServiceEnvironment,
): ConnectedService {
  const baseUrl = baseUrlOf(preset, given, environment);
  const server = serverAt(preset, baseUrl, given);
  const api = apiOf(server, given);
  const dialect = given.dialect ?? server.dialect;
  const options: ServerOptions = {
    ...given,
    api,
    parameters: { ...given.parameters, ...extraBody },
    responseTimeoutMs: given.responseTimeoutMs ?? (isLocal(baseUrl) ? LOCAL_RESPONSE_TIMEOUT_MS : undefined),
  };
  checkHeaders(given.headers ?? {});
  const service = new ApiService(serviceConfig(server, baseUrl, dialect, options, environment), options);
  return [
    service,
    api === "responses" ? new ServerConnection(service, options) : new HttpConnection(service),
  ];
}

/** Returns the API of requests. */
function apiOf(server: Server, options: ServerOptions): ServerApi {
  const { api = server.api } = options;
  if (usesWebSocket(options) && api === "chat" && options.transport !== "auto") {
    throw new AxioError(
      "invalid-argument",
      'A WebSocket needs the Responses API. Set api to "responses" if the server has it, or omit transport.',
    );
  }
  return api;
}

/** A variable may name another server than the one that it is for. */
function serverAt(preset: Server | undefined, baseUrl: URL, { baseUrl: given }: ServerOptions): Server {
  if (preset === undefined) return findServer(baseUrl);
  if (given !== undefined || preset.id !== "openai") return preset;
  const found = findServer(baseUrl);
  return found.id === "openai" ? preset : { ...found, key: { ...preset.key, isOptional: true } };
}

function serviceConfig(
  server: Server,
  baseUrl: URL,
  dialect: Dialect,
  options: ServerOptions,
  environment: ServiceEnvironment,
): ServiceConfig<ApiKeyCredentials> {
  const api = options.api ?? server.api;
  const agent = userAgent(PRODUCT);
  const defaultId = server.defaultModel ?? NO_MODEL;
  return {
    name: server.name,
    provider: PROVIDER_NAMES[server.id] ?? server.id,
    providerKey: PROVIDER_KEY,
    baseUrl,
    session: environment.createSession(server, baseUrl, options),
    fetch: options.fetch ?? defaultFetch(),
    headers: ({ apiKey }) => headersOf(server, apiKey, agent, options),
    // Encrypted reasoning belongs to the organization of a key. What Chat Completions sends back belongs to the server.
    accountOf: ({ apiKey }) => (api === "responses" ? `${baseUrl.host} ${apiKey}` : baseUrl.host),
    secretsOf: ({ apiKey }) => (apiKey.length < 8 ? [] : [apiKey]),
    wire: wireOf(api, server, dialect, options),
    readRateLimits: (headers) => readRateLimits(headers, Date.now(), dialect),
    explain: (error) => explain(error, server, baseUrl),
    models: {
      load: (request) => loadModels(request, server),
      builtIn: server.models === "openai" ? OPENAI_MODELS : onlyModel(options.model ?? defaultId),
      defaultId,
    },
    ...(api === "responses" ? { unsupportedParameters: UNSUPPORTED } : {}),
  };
}

/** Until its list is known, a server has the requested model. */
function onlyModel(model: string | ModelSpec): ModelRegistry {
  if (typeof model !== "string") return new ModelRegistry([model]);
  // An empty name is reported with its use.
  return new ModelRegistry(model === "" ? [] : [{ id: model, capabilities: UNKNOWN_CAPABILITIES }]);
}

function wireOf(api: Server["api"], server: Server, dialect: Dialect, options: ServerOptions): WireFormat {
  if (api === "responses") return publicResponsesWire({ ...options, dialect });
  return chatWire({ ...options, dialect, cutsPrompts: server.id === "ollama" });
}

function headersOf(
  server: Server,
  apiKey: string,
  agent: string,
  { headers = {}, organization, project }: ServerOptions,
): Record<string, string> {
  const own = new Headers(headers);
  const set = (name: string, value: string): void => {
    if (!own.has(name)) own.set(name, value);
  };
  if (agent !== "") set("user-agent", agent);
  if (apiKey !== "") set(server.key.header, server.key.header === "api-key" ? apiKey : `Bearer ${apiKey}`);
  if (organization !== undefined) set("openai-organization", organization);
  if (project !== undefined) set("openai-project", project);
  return Object.fromEntries(own);
}

function baseUrlOf(
  server: Server | undefined,
  { baseUrl, insecureHttp = false }: ServerOptions,
  { env }: ServiceEnvironment,
): URL {
  const variable = server?.urlVariable;
  const fromVariable = variable === undefined ? undefined : env[variable]?.trim() || undefined;
  const given =
    baseUrl ??
    (variable === "OLLAMA_HOST" && fromVariable !== undefined
      ? urlOfHostVariable(fromVariable)
      : fromVariable);
  const found = given ?? server?.baseUrl;
  if (found === undefined) {
    throw new AxioError(
      "invalid-argument",
      `${server?.name ?? "A server"} needs a baseUrl${variable === undefined ? "" : `, or ${variable} in the environment`}. Pass one.`,
    );
  }
  const what = baseUrl !== undefined || variable === undefined ? "The baseUrl" : `The URL in ${variable}`;
  const url = readBaseUrl(found, {
    allowsHttp: insecureHttp || (variable === "OLLAMA_HOST" && baseUrl === undefined),
    what,
  });
  return server === undefined ? url : completeBaseUrl(url, server);
}

/** Adds a remedy that only the transport knows. */
function explain(error: AxioError, server: Server, baseUrl: URL): AxioError {
  const { code, details, retryable, retryAfterMs } = error;
  const message =
    code === "network" && details.connected === false && isLocal(baseUrl)
      ? `${server.name} could not be reached at ${baseUrl.host}. Is the server running? ${server.startHint ?? "Start it."}`
      : withPathRemedy(error, baseUrl);
  const explained = withKeyAndApi(message, server);
  if (explained === error.message) return error;
  return new AxioError(code, explained, { cause: error, retryable, retryAfterMs, details });
}

/** Says which option chooses an API, and does not claim that a key was sent if there may be none. */
function withKeyAndApi(message: string, { key }: Server): string {
  const withApi = message.replace(
    "Use the Responses API.",
    'Use the Responses API: set api to "responses", if the server has it.',
  );
  return key.isOptional
    ? withApi.replace(" does not accept the API key.", " got no API key that it accepts.")
    : withApi;
}

function withPathRemedy({ code, message }: AxioError, baseUrl: URL): string {
  const isWrongPath = code === "not-found" || code === "protocol";
  if (!isWrongPath || /\/v\d+\w*(?:\/openai)?$/.test(baseUrl.pathname)) return message;
  const remedy = `The base URL is ${baseUrl.origin}${baseUrl.pathname}; that of most servers ends in /v1.`;
  const end = /[.!?]$/.test(message) ? "" : ".";
  return message.endsWith(remedy) ? message : `${message}${end} ${remedy}`;
}
