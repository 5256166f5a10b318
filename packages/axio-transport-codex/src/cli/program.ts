import type { Credentials } from "axio-auth";
import { type CliProgram, standardCommands } from "axio-transport-kit/cli";
import { VERSION } from "../config.ts";

const NAME = "axio-codex";

/** The command line of this transport. */
export const PROGRAM: CliProgram<Credentials> = {
  name: NAME,
  version: VERSION,
  purpose: "use a ChatGPT subscription from the command line",
  signInTitle: "Sign in with ChatGPT",
  describe: ({ email, planType, accountId }) => ({ email, plan: planType, accountId }),
  load: {
    profiles: async () => (await import("../profile-store.ts")).CODEX_PROFILES,
    login: async () => (await import("./sign-in.ts")).logIn,
    logout: async () => (await import("./sign-in.ts")).logOut,
    transport: async () => (await import("./open-transport.ts")).openTransport,
  },
  commands: standardCommands({
    program: NAME,
    transport: "CodexTransport",
    stores: { "codex-cli": "the official CLI's auth.json" },
    login: {
      summary: "sign in with ChatGPT",
      options: [
        { name: "browser", description: "sign in with the browser of this computer" },
        { name: "device", description: "sign in on another device, with a code" },
        { name: "paste", description: "sign in anywhere, and paste the address the browser ends on" },
        {
          name: "workspace",
          value: "ID",
          multiple: true,
          description: "allow this ChatGPT workspace only (may be repeated)",
        },
      ],
      notes: ["Without a choice, every way that can work here is offered at the same time."],
      examples: ["login", "login --device --profile work"],
    },
    ask: [
      {
        name: "transport",
        value: "HOW",
        choices: ["sse", "websocket", "auto"],
        description:
          "how the answer comes: sse (default), websocket, or auto (websocket where nothing speaks against it)",
      },
    ],
  }),
};
