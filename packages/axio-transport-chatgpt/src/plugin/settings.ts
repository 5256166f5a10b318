import type { ProviderSetting } from "axio/plugin";

/** The settings of the provider. */
export const SETTINGS = [
  {
    name: "port",
    type: "number",
    valueName: "number",
    description: "the port for the browser's callback (default: any free port)",
    appliesTo: ["login"],
  },
  {
    name: "appName",
    valueName: "name",
    description: "the name that the sign-in shows (default: axio)",
    appliesTo: ["login"],
  },
  {
    name: "baseUrl",
    valueName: "url",
    description: "the API; for the simulator",
    appliesTo: ["account", "run"],
  },
  {
    name: "issuer",
    valueName: "url",
    description: "the sign-in server; for the simulator",
    appliesTo: ["login", "logout", "account", "run"],
  },
] as const satisfies readonly ProviderSetting[];
