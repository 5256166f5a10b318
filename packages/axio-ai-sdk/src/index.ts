export { type AxioProvider, createAxio } from "./provider.ts";
export type { AxioProviderOptions } from "./provider-options.ts";
