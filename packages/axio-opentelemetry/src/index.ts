export type { TelemetryOptions } from "./telemetry.ts";
export { type AgentTelemetryOptions, traceAgent } from "./trace-agent.ts";
export { traceTool } from "./trace-tool.ts";
export { traceTransport } from "./trace-transport.ts";
