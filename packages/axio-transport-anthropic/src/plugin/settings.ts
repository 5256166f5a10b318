import type { ProviderSetting } from "axio/plugin";

/** The settings of the provider. */
export const SETTINGS = [
  {
    name: "baseUrl",
    valueName: "url",
    description: "the API, or a server that speaks like it (default: ANTHROPIC_BASE_URL, api.anthropic.com)",
    appliesTo: ["login", "account", "run"],
  },
  {
    name: "features",
    valueName: "set",
    choices: ["all", "core"],
    description: "all of Anthropic's API, as a gateway to it has, or its core (default for other servers)",
    appliesTo: ["run"],
  },
  {
    name: "thinking",
    valueName: "mode",
    choices: ["auto", "off"],
    description: "auto (default), or off: as little reasoning as the model allows",
    appliesTo: ["run"],
  },
  {
    name: "maxTokens",
    type: "number",
    valueName: "number",
    description: "the longest response in tokens (default: 32000)",
    appliesTo: ["run"],
  },
  {
    name: "cacheLifetime",
    valueName: "duration",
    choices: ["5m", "1h"],
    description: "how long the system prompt and the tools stay in the cache: 5m (default) or 1h",
    appliesTo: ["run"],
  },
] as const satisfies readonly ProviderSetting[];
