import type { ProviderSetting } from "axio/plugin";

/** The settings of the provider. */
export const SETTINGS = [
  {
    name: "transport",
    valueName: "mode",
    choices: ["sse", "websocket", "auto"],
    description: "how responses arrive: sse (default), websocket, or auto (websocket if possible)",
    appliesTo: ["run"],
  },
  {
    name: "workspace",
    type: "strings",
    valueName: "id",
    description: "allow this ChatGPT workspace only (may be repeated)",
    appliesTo: ["login"],
  },
  {
    name: "port",
    type: "number",
    valueName: "number",
    description: "the port for the browser's callback; for the simulator",
    appliesTo: ["login"],
  },
  {
    name: "baseUrl",
    valueName: "url",
    description: "the backend; for the simulator",
    appliesTo: ["account", "run"],
  },
  {
    name: "issuer",
    valueName: "url",
    description: "the sign-in server; for the simulator",
    appliesTo: ["login", "logout", "account", "run"],
  },
] as const satisfies readonly ProviderSetting[];
