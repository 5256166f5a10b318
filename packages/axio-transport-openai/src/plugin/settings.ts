import type { ProviderSetting } from "axio/plugin";

/** The settings of the provider. The app's settings may also have `servers`: see `readCustomServers`. */
export const SETTINGS = [
  {
    name: "server",
    placeholder: "NAME",
    description: "openai, openrouter, nebius, azure, ollama, ... or one of your own (default: openai)",
    appliesTo: ["login", "logout", "account", "run"],
  },
  {
    name: "baseUrl",
    placeholder: "URL",
    description: "the address of the server, if it is not the usual one",
    appliesTo: ["login", "account", "run"],
  },
  {
    name: "api",
    placeholder: "API",
    description: "the API to use",
    choices: ["responses", "chat"],
    appliesTo: ["login", "run"],
  },
  {
    name: "organization",
    placeholder: "ID",
    description: "the organization of OpenAI that pays",
    appliesTo: ["account", "run"],
  },
  {
    name: "project",
    placeholder: "ID",
    description: "the project of OpenAI that pays",
    appliesTo: ["account", "run"],
  },
] as const satisfies readonly ProviderSetting[];
