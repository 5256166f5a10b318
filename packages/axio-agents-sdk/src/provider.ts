import type { Model, ModelProvider } from "@openai/agents-core";
import { AxioError, type CompletionTransport } from "axio";
import { AxioModel, type AxioModelOptions } from "./model.ts";

/**
 * Provides the models of a transport to the Agents SDK.
 *
 * @see https://openai.github.io/openai-agents-js/guides/models
 * @example
 * ```ts no-run
 * import { Agent, Runner } from "@openai/agents-core";
 * import { AxioModelProvider } from "axio-agents-sdk";
 * import { CodexTransport } from "axio-transport-codex";
 *
 * const runner = new Runner({ modelProvider: new AxioModelProvider(new CodexTransport()) });
 * const agent = new Agent({ name: "Helper", instructions: "Be brief.", model: "gpt-5.5" });
 * console.log((await runner.run(agent, "Say hello.")).finalOutput);
 * ```
 */
export class AxioModelProvider implements ModelProvider {
  readonly #transport: CompletionTransport;
  readonly #options: AxioModelOptions;

  /** @throws AxioError `invalid-argument` if `transport` is not one. */
  constructor(transport: CompletionTransport, options: AxioModelOptions = {}) {
    // Without types, anything may arrive here.
    if (typeof (transport as { stream?: unknown } | undefined)?.stream !== "function")
      throw new AxioError(
        "invalid-argument",
        "The first argument is not a transport. Pass one, such as a CodexTransport.",
      );
    this.#transport = transport;
    this.#options = options;
  }

  /** Returns a model by its id. Default: the model of the transport. */
  getModel(name?: string): Model {
    return new AxioModel(this.#transport, name === "" ? undefined : name, this.#options);
  }
}
