import type { ProviderSetting } from "axio/plugin";

/** The settings of the provider. The app's settings may also have `servers`: see `readCustomServers`. */
export const SETTINGS = [
  {
    name: "server",
    valueName: "name",
    description:
      "openai, openrouter, nebius, azure, ollama, ... a base URL, or one of your own (default: openai)",
    appliesTo: ["login", "logout", "account", "run"],
  },
  {
    name: "baseUrl",
    valueName: "url",
    description: "the address of the server, if it is not the usual one",
    appliesTo: ["login", "account", "run"],
  },
  {
    name: "api",
    valueName: "api",
    description: "the API to use",
    choices: ["responses", "chat"],
    appliesTo: ["login", "run"],
  },
  {
    name: "organization",
    valueName: "id",
    description: "the organization of OpenAI that pays",
    appliesTo: ["account", "run"],
  },
  {
    name: "project",
    valueName: "id",
    description: "the project of OpenAI that pays",
    appliesTo: ["account", "run"],
  },
] as const satisfies readonly ProviderSetting[];
