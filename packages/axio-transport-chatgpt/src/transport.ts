import {
  ApiService,
  ApiTransport,
  checkOptions,
  parseModels,
  responsesWire,
  type ServiceConfig,
  traceRefresh,
} from "axio-transport-kit";
import { OptionalParameters } from "./backend/optional-parameters.ts";
import { toPlanBody } from "./backend/plan-body.ts";
import { ITEM_TYPES, PlanRequests } from "./backend/plan-requests.ts";
import { UNSUPPORTED_PARAMETERS } from "./backend/unsupported-parameters.ts";
import { DEFAULT_MODEL, PROVIDER_KEY, TRANSPORT_NAME } from "./config.ts";
import type { ChatGPTCredentials } from "./credentials.ts";
import { classifyPlanError, mayRefresh, planRule } from "./errors.ts";
import { CHATGPT_MODELS } from "./models.ts";
import { SignInServer } from "./oauth/sign-in-server.ts";
import { baseUrlOf, CHATGPT_OPTION_NAMES, type ChatGPTTransportOptions, storeOf } from "./options.ts";
import { ChatGPTSession } from "./session.ts";

/**
 * The transport to OpenAI's Responses API for ChatGPT plans, with the documented "Sign in with ChatGPT".
 *
 * @example
 * ```ts no-run
 * import { Agent } from "axio";
 * import { ChatGPTTransport } from "axio-transport-chatgpt";
 *
 * const agent = new Agent({ transport: new ChatGPTTransport() });
 * console.log((await agent.run("Explain the Rust borrow checker.")).text);
 * ```
 */
export class ChatGPTTransport extends ApiTransport<ChatGPTCredentials> {
  readonly notForOthers =
    "OpenAI's terms of Sign in with ChatGPT allow the connected application only, not general access for other programs.";

  /**
   * @throws AxioError `invalid-argument` for unknown or invalid options; `unsupported-parameter` with `strict`, for the first
   *   of `parameters` that cannot be sent.
   */
  constructor(options: ChatGPTTransportOptions = {}) {
    checkOptions("ChatGPTTransport", options, CHATGPT_OPTION_NAMES);
    super(new ApiService(serviceConfig(options), options));
  }
}

function serviceConfig(options: ChatGPTTransportOptions): ServiceConfig<ChatGPTCredentials> {
  const server = new SignInServer(options);
  const optional = new OptionalParameters(options);
  const tools = new PlanRequests(options);
  return {
    name: TRANSPORT_NAME,
    provider: "openai",
    providerKey: PROVIDER_KEY,
    baseUrl: baseUrlOf(options),
    session: chatGPTSession(options, server),
    fetch: server.fetch,
    headers: ({ accessToken }) => ({ Authorization: `Bearer ${accessToken}` }),
    // An account in another workspace has another client id, and cannot read this reasoning.
    accountOf: ({ clientId, subject }) => `${clientId} ${subject}`,
    wire: responsesWire({
      ...options,
      errorRule: planRule,
      classify: classifyPlanError,
      itemTypes: ITEM_TYPES,
      adaptBody: (body) => optional.without(toPlanBody(body)),
    }),
    mayRefresh,
    models: {
      load: async (request) => parseModels(await request("models"), "listed"),
      builtIn: CHATGPT_MODELS,
      defaultId: DEFAULT_MODEL,
    },
    unsupportedParameters: UNSUPPORTED_PARAMETERS,
    adaptRequest: (request) => tools.adapt(request),
    recover: [(error) => optional.recover(error)],
  };
}

function chatGPTSession(options: ChatGPTTransportOptions, server: SignInServer): ChatGPTSession {
  return new ChatGPTSession({
    store: storeOf(options),
    server,
    refresh: async (credentials, signal) => {
      // Loaded with the first refresh: a call with a valid token does not need it.
      const { refresh } = await import("./oauth/refresh.ts");
      return traceRefresh(() => refresh(credentials, server, signal));
    },
    onRefresh: options.onAuthRefresh,
    onWarning: options.onWarning,
    now: undefined,
  });
}
