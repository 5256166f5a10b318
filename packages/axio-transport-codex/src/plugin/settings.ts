import type { ProviderSetting } from "axio/plugin";

/** The settings of the provider. */
export const SETTINGS = [
  {
    name: "transport",
    placeholder: "HOW",
    choices: ["sse", "websocket", "auto"],
    description: "how responses arrive: sse (default), websocket, or auto (websocket if possible)",
    appliesTo: ["run"],
  },
  {
    name: "workspace",
    type: "strings",
    placeholder: "ID",
    description: "allow this ChatGPT workspace only (may be repeated)",
    appliesTo: ["login"],
  },
  {
    name: "port",
    type: "number",
    placeholder: "NUMBER",
    description: "the port for the browser's callback; for the simulator",
    appliesTo: ["login"],
  },
  {
    name: "baseUrl",
    placeholder: "URL",
    description: "the backend; for the simulator",
    appliesTo: ["account", "run"],
  },
  {
    name: "issuer",
    placeholder: "URL",
    description: "the sign-in server; for the simulator",
    appliesTo: ["login", "logout", "account", "run"],
  },
] as const satisfies readonly ProviderSetting[];
