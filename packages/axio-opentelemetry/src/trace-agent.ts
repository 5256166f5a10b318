import type { AgentOptions } from "axio";
import { RunSpan } from "./run-span.ts";
import { type TelemetryOptions, telemetryOf } from "./telemetry.ts";
import { tracedTool } from "./trace-tool.ts";
import { tracedTransport } from "./trace-transport.ts";

/** The options of {@link traceAgent}. */
export interface AgentTelemetryOptions extends TelemetryOptions {
  /** The name of the agent in spans and metrics. Default: its spans have no name. */
  readonly agentName?: string | undefined;
}

/**
 * Makes an agent create spans and metrics by OpenTelemetry's semantic conventions for generative AI, version 0.1.0 (in
 * development, so names may change): `invoke_agent` for a run, with a `chat` span for each response and an `execute_tool` span for
 * each tool call in the same trace. Retries are events of the `chat` span.
 *
 * @returns Options for an `Agent`: the same, with transport and tools that are traced.
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { traceAgent } from "axio-opentelemetry";
 *
 * const agent = new Agent(traceAgent({ transport }, { agentName: "support" }));
 * ```
 */
export function traceAgent(
  options: AgentOptions,
  { agentName, ...given }: AgentTelemetryOptions = {},
): AgentOptions {
  const telemetry = telemetryOf(given);
  return {
    ...options,
    transport: tracedTransport(options.transport, telemetry),
    tools: options.tools?.map((tool) => tracedTool(tool, telemetry)),
    observer: { startRun: (run) => new RunSpan(telemetry, agentName, run) },
  };
}
