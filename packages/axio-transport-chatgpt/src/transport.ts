import { AxioError } from "axio";
import {
  AccountModels,
  Answers,
  Backend,
  checkNumbers,
  partitionParameters,
  ResponsesTransport,
  traceRefresh,
} from "axio-transport-kit";
import { ChatGPTConnection } from "./backend/chatgpt-connection.ts";
import { UNSUPPORTED_PARAMETERS } from "./backend/unsupported-parameters.ts";
import { DEFAULT_MODEL, PROVIDER_KEY, TRANSPORT_NAME } from "./config.ts";
import type { ChatGPTCredentials } from "./credentials.ts";
import { mayRefresh, planRule } from "./errors.ts";
import { CHATGPT_MODELS } from "./models.ts";
import { SignInServer } from "./oauth/sign-in-server.ts";
import { baseUrlOf, type ChatGPTTransportOptions, storeOf } from "./options.ts";
import { ChatGPTSession } from "./session.ts";

/**
 * Runs an agent on a ChatGPT plan by the documented way: "Sign in with ChatGPT", then OpenAI's Responses API.
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
export class ChatGPTTransport extends ResponsesTransport<ChatGPTCredentials> {
  /**
   * @throws AxioError `invalid-argument` for options that cannot be used; `unsupported-parameter` with `strict`, for the
   *   first of `parameters` that cannot be sent.
   */
  constructor(options: ChatGPTTransportOptions = {}) {
    checkNumbers(options);
    const server = new SignInServer(options);
    const { fetch } = server;
    const warn = (warning: unknown): void => {
      if (AxioError.is(warning)) options.onWarning?.(warning);
    };
    const session = new ChatGPTSession({
      store: storeOf(options),
      server,
      refresh: async (credentials, signal) => {
        // Loaded with the first renewal: a call with a fresh token has no use for it.
        const { refresh } = await import("./oauth/refresh.ts");
        return traceRefresh(() => refresh(credentials, server, signal));
      },
      onRefresh: options.onAuthRefresh,
      onWarning: options.onWarning,
      now: undefined,
    });
    const backend = new Backend<ChatGPTCredentials>({
      baseUrl: baseUrlOf(options),
      session,
      fetch,
      headers: ({ accessToken }) => ({ Authorization: `Bearer ${accessToken}` }),
      errorRules: [planRule],
      mayRefresh,
    });
    const models = new AccountModels({
      backend,
      url: backend.endpoint("models"),
      order: "listed",
      model: options.model,
      defaultModel: DEFAULT_MODEL,
      models: options.models ?? CHATGPT_MODELS,
      warn,
    });
    const { sent, rejected } = partitionParameters(options.parameters ?? {}, UNSUPPORTED_PARAMETERS);
    const channel = new ChatGPTConnection({ backend, options, parameters: sent, warn });
    super({
      name: options.name ?? TRANSPORT_NAME,
      models,
      answers: new Answers({ backend, models, channel, options, owner: PROVIDER_KEY, rejected, warn }),
      deadlineMs: options.deadlineMs,
    });
  }
}
