import { AxioError, type JsonObject } from "axio";
import type { ApiKeyCredentials, CredentialStore } from "axio-auth";
import type { RequestOptions as ChatOptions, Dialect } from "axio-chat-completions";
import { type OptionNames, RESPONSES_OPTION_NAMES, type ResponsesTransportOptions } from "axio-transport-kit";
import type { WebSocketChoice } from "axio-transport-kit/internal";
import type { Server, ServerApi, ServerId } from "./servers/server.ts";

/** The options of every transport of this package. All are optional: without a key, that of the environment or of `axio-openai login` is used. */
export interface ServerOptions
  extends Omit<ResponsesTransportOptions<ApiKeyCredentials>, "onAuthRefresh">,
    WebSocketChoice {
  /** The API key. Default: that of the environment, such as `OPENAI_API_KEY`, or else of `credentials`. */
  readonly apiKey?: string | undefined;
  /** Where keys are stored. With it, the environment does not count. Default: the profile of `axio-openai login`. */
  readonly credentials?: CredentialStore<ApiKeyCredentials> | undefined;
  /**
   * The base URL: https, or http on a loopback address. A path of a request at its end is removed; a query stays. Default: the
   * server's own, or that of a variable such as `OPENAI_BASE_URL`.
   */
  readonly baseUrl?: string | URL | undefined;
  /** Whether `baseUrl` may be http on another machine. Others in its network can read prompts and keys. Default: `false`. */
  readonly insecureHttp?: boolean | undefined;
  /**
   * The API to use. Default: `"responses"` at OpenAI and Azure, whose newer models refuse tools on Chat Completions, and `"chat"`
   * everywhere else.
   */
  readonly api?: ServerApi | undefined;
  /** How the server speaks Chat Completions. Default: that of the server, or only what every server accepts. */
  readonly dialect?: Dialect | undefined;
  /** More headers of every request. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The organization of OpenAI that pays: `OpenAI-Organization`. Default: that of the key. */
  readonly organization?: string | undefined;
  /** The project of OpenAI that pays: `OpenAI-Project`. Default: that of the key. */
  readonly project?: string | undefined;
  /** More parameters of the request body, as the server names them: the same as `parameters`. Default: none. */
  readonly extraBody?: JsonObject | undefined;
  /** The limit of output tokens, reasoning included. Default: the model's own. */
  readonly maxOutputTokens?: number | undefined;
  /** Whether the model may call several tools at once. Default: the server's own choice. */
  readonly parallelToolCalls?: boolean | undefined;
  /** Switches reasoning on or off at servers that have such a switch. Chat Completions only. Default: the model's own choice. */
  readonly thinking?: boolean | undefined;
  /** Whether the model's template opens the reasoning, so that a response begins inside it. Chat Completions only. Default: `false`. */
  readonly startsInReasoning?: boolean | undefined;
  /** How long the server keeps the prompt cache. Default: its own choice, minutes. */
  readonly promptCacheRetention?: ChatOptions["promptCacheRetention"];
  /** A stable hash that identifies the end user to OpenAI. Default: none. */
  readonly safetyIdentifier?: string | undefined;
  /**
   * Whether the server keeps responses. Then a request sends only what its conversation has since the last response, and
   * everything if the server no longer has that. Responses API only. Default: `false`, and each request holds the whole
   * conversation, except on a WebSocket.
   */
  readonly store?: boolean | undefined;
  /** The id of a kept response that every request of this transport continues. Responses API only. Default: none. */
  readonly previousResponseId?: string | undefined;
}

/** The options of a {@link ServerTransport}. */
export interface ServerTransportOptions extends ServerOptions {
  /** The name of a preset, or a server of your own. Default: the preset that fits `baseUrl`. */
  readonly server?: ServerId | Server | undefined;
}

/** The options of an {@link AzureOpenAITransport}. Models are named by their deployment. */
export interface AzureOpenAIOptions extends ServerOptions {
  /** The name of the resource: `https://NAME.openai.azure.com`. Not together with `baseUrl`. Default: `AZURE_OPENAI_ENDPOINT`. */
  readonly resource?: string | undefined;
  /** The `api-version` of older resources. Default: none, for the API without versions. */
  readonly apiVersion?: string | undefined;
}

const OWN_NAMES: OptionNames<ServerOptions> = {
  ...withoutRefresh(),
  apiKey: true,
  credentials: true,
  baseUrl: true,
  insecureHttp: true,
  api: true,
  dialect: true,
  headers: true,
  organization: true,
  project: true,
  extraBody: true,
  maxOutputTokens: true,
  parallelToolCalls: true,
  thinking: true,
  startsInReasoning: true,
  promptCacheRetention: true,
  safetyIdentifier: true,
  store: true,
  previousResponseId: true,
  transport: true,
};

/** The names of {@link ServerTransportOptions}. */
export const SERVER_OPTION_NAMES: OptionNames<ServerTransportOptions> = { ...OWN_NAMES, server: true };

/** The names of {@link AzureOpenAIOptions}. */
export const AZURE_OPTION_NAMES: OptionNames<AzureOpenAIOptions> = {
  ...OWN_NAMES,
  resource: true,
  apiVersion: true,
};

/** The names of {@link ServerOptions}. */
export const OPENAI_OPTION_NAMES: OptionNames<ServerOptions> = OWN_NAMES;

function withoutRefresh(): OptionNames<Omit<ResponsesTransportOptions<ApiKeyCredentials>, "onAuthRefresh">> {
  const { onAuthRefresh: _, ...names } = RESPONSES_OPTION_NAMES;
  return names;
}

/**
 * Checks headers of a caller.
 *
 * @throws AxioError `invalid-argument` for what cannot be a header. The message does not show values, which may be secret.
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers({ [name]: value });
    } catch {
      throw new AxioError(
        "invalid-argument",
        `The header ${JSON.stringify(name)} cannot be sent. Use letters, digits and dashes in its name, and one line without special characters as its value.`,
      );
    }
  }
}
