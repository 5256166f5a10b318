import type { ProviderSetting } from "axio/plugin";

/** The settings of the provider. */
export const SETTINGS = [
  {
    name: "port",
    type: "number",
    placeholder: "NUMBER",
    description: "the port for the browser's callback (default: any free port)",
    appliesTo: ["login"],
  },
  {
    name: "appName",
    placeholder: "NAME",
    description: "the name that the sign-in shows (default: axio)",
    appliesTo: ["login"],
  },
  {
    name: "baseUrl",
    placeholder: "URL",
    description: "the API; for the simulator",
    appliesTo: ["account", "run"],
  },
  {
    name: "issuer",
    placeholder: "URL",
    description: "the sign-in server; for the simulator",
    appliesTo: ["login", "logout", "account", "run"],
  },
] as const satisfies readonly ProviderSetting[];
