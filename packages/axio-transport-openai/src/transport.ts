import { AxioError } from "axio";
import type { ApiKeyCredentials } from "axio-auth";
import { ApiTransport, checkOptions } from "axio-transport-kit";
import {
  AZURE_OPTION_NAMES,
  type AzureOpenAIOptions,
  OPENAI_OPTION_NAMES,
  SERVER_OPTION_NAMES,
  type ServerOptions,
  type ServerTransportOptions,
} from "./options.ts";
import { presetOf } from "./servers/preset-of.ts";
import { SERVERS } from "./servers/servers.ts";
import { connectService } from "./stored-key.ts";

/**
 * The transport to OpenAI's API with an API key.
 *
 * @example
 * ```ts no-run
 * import { Agent } from "axio";
 * import { OpenAITransport } from "axio-transport-openai";
 *
 * const agent = new Agent({ transport: new OpenAITransport({ model: "gpt-6.2-sol" }) });
 * console.log((await agent.run("Explain the Rust borrow checker.")).text);
 * ```
 */
export class OpenAITransport extends ApiTransport<ApiKeyCredentials> {
  /** @throws AxioError `invalid-argument` for unknown or invalid options; `unsupported-parameter` with `strict`. */
  constructor(options: ServerOptions = {}) {
    checkOptions("OpenAITransport", options, OPENAI_OPTION_NAMES);
    // Another host than OpenAI's is another server.
    super(...connectService(options.baseUrl === undefined ? SERVERS.openai : undefined, options));
  }
}

/**
 * The transport to OpenRouter.
 *
 * @example
 * ```ts no-run
 * import { OpenRouterTransport } from "axio-transport-openai";
 *
 * const transport = new OpenRouterTransport({ model: "anthropic/claude-sonnet-5" });
 * ```
 */
export class OpenRouterTransport extends ApiTransport<ApiKeyCredentials> {
  /** @throws AxioError as {@link OpenAITransport}. */
  constructor(options: ServerOptions = {}) {
    checkOptions("OpenRouterTransport", options, OPENAI_OPTION_NAMES);
    super(...connectService(SERVERS.openrouter, options));
  }
}

/** The transport to Nebius Token Factory. */
export class NebiusTransport extends ApiTransport<ApiKeyCredentials> {
  /** @throws AxioError as {@link OpenAITransport}. */
  constructor(options: ServerOptions = {}) {
    checkOptions("NebiusTransport", options, OPENAI_OPTION_NAMES);
    super(...connectService(SERVERS.nebius, options));
  }
}

/**
 * The transport to Azure OpenAI. A model is named by its deployment.
 *
 * @example
 * ```ts no-run
 * import { AzureOpenAITransport } from "axio-transport-openai";
 *
 * const transport = new AzureOpenAITransport({ resource: "my-resource", model: "my-deployment" });
 * ```
 */
export class AzureOpenAITransport extends ApiTransport<ApiKeyCredentials> {
  /** @throws AxioError as {@link OpenAITransport}; `invalid-argument` for `resource` together with `baseUrl`. */
  constructor(options: AzureOpenAIOptions = {}) {
    checkOptions("AzureOpenAITransport", options, AZURE_OPTION_NAMES);
    const { resource, apiVersion, ...rest } = options;
    super(...connectService(SERVERS.azure, { ...rest, baseUrl: azureUrl(options) }));
  }
}

/**
 * The transport to any server that speaks OpenAI's APIs: one of the presets, or one of your own.
 *
 * @example
 * ```ts no-run
 * import { ServerTransport } from "axio-transport-openai";
 *
 * const local = new ServerTransport({ server: "ollama", model: "qwen3" });
 * const gateway = new ServerTransport({ baseUrl: "https://llm.example.com/v1", apiKey: process.env["GATEWAY_KEY"] });
 * ```
 */
export class ServerTransport extends ApiTransport<ApiKeyCredentials> {
  /** @throws AxioError as {@link OpenAITransport}; `invalid-argument` without `server` and `baseUrl`. */
  constructor(options: ServerTransportOptions) {
    checkOptions("ServerTransport", options, SERVER_OPTION_NAMES);
    const { server, ...rest } = options;
    super(...connectService(presetOf(server), rest));
  }
}

function azureUrl({ baseUrl, resource, apiVersion }: AzureOpenAIOptions): string | URL | undefined {
  if (resource !== undefined && baseUrl !== undefined)
    throw new AxioError("invalid-argument", "resource and baseUrl exclude each other. Omit one of them.");
  if (resource !== undefined && !/^[A-Za-z0-9-]{2,64}$/.test(resource))
    throw new AxioError(
      "invalid-argument",
      "The resource is only its name, of letters, digits and dashes. Pass a whole URL as baseUrl.",
    );
  const given =
    resource === undefined
      ? (baseUrl ?? process.env["AZURE_OPENAI_ENDPOINT"])
      : `https://${resource}.openai.azure.com/openai/v1`;
  if (given === undefined || apiVersion === undefined || !URL.canParse(String(given))) return given;
  const url = new URL(given);
  url.searchParams.set("api-version", apiVersion);
  return url;
}
