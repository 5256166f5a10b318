export { type CreatedKey, createKey, type GatewayKey } from "./access/key.ts";
export { KeyFile } from "./access/key-file.ts";
export { Gateway } from "./gateway.ts";
export type { KeyLimits } from "./limits/key-limits.ts";
export type { Metrics, RequestFacts } from "./observe/metrics.ts";
export type { GatewayOptions } from "./options.ts";
export { type RunningGateway, type StartOptions, startGateway } from "./start.ts";
