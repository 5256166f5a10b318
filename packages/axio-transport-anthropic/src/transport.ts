import { keySession } from "./key-session.ts";
import { MessagesTransport } from "./messages-transport.ts";
import type { AnthropicTransportOptions } from "./options.ts";

/**
 * The transport to Claude: Anthropic's Messages API, or a server that speaks like it.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { AnthropicTransport } from "axio-transport-anthropic";
 *
 * const agent = new Agent({ transport: new AnthropicTransport() });
 * console.log((await agent.run("Explain the Rust borrow checker.")).text);
 * ```
 */
export class AnthropicTransport extends MessagesTransport {
  /**
   * @throws AxioError `invalid-argument` for unknown or invalid options; `unauthenticated` for a token of a Claude
   *   subscription; `unsupported-parameter` with `strict`, for the first of `parameters` that cannot be sent.
   */
  constructor(options: AnthropicTransportOptions = {}) {
    super(options, (isAnthropic) => keySession(options, isAnthropic));
  }
}
