import { type AccountInfo, type CliProgram, standardCommands } from "axio-transport-kit/cli";
import { accountInfo } from "../account-info.ts";
import { USAGE_PAGE, VERSION } from "../config.ts";
import type { ChatGPTCredentials } from "../credentials.ts";

const NAME = "axio-chatgpt";

/** The command line of this transport. */
export const PROGRAM: CliProgram<ChatGPTCredentials> = {
  name: NAME,
  version: VERSION,
  purpose: "use a ChatGPT plan from the command line, the documented way",
  signInTitle: "Continue with ChatGPT",
  usagePage: USAGE_PAGE,
  describe,
  load: {
    profiles: async () => (await import("../profile-store.ts")).CHATGPT_PROFILES,
    login: async () => (await import("./sign-in.ts")).logIn,
    logout: async () => (await import("./sign-in.ts")).logOut,
    transport: async () => (await import("./open-transport.ts")).openTransport,
  },
  commands: standardCommands({
    program: NAME,
    transport: "ChatGPTTransport",
    login: {
      summary: "sign in with ChatGPT",
      options: [
        { name: "browser", description: "sign in with the browser of this computer" },
        { name: "paste", description: "sign in anywhere, and paste the address the browser ends on" },
        {
          name: "enable-plan",
          description: "ask again whether axio may use your ChatGPT plan, after you declined",
        },
        {
          name: "port",
          value: "NUMBER",
          description: "where the browser comes back to on this machine (default: any free port)",
        },
      ],
      notes: [
        "The first sign-in registers axio for the account and workspace that you choose. Another account or workspace goes into a profile of its own: --profile NAME.",
        "On another machine through SSH, choose a port, and forward it before you open the address: ssh -N -L 4000:127.0.0.1:4000 USER@MACHINE, then log in with --port 4000.",
      ],
      examples: ["login", "login --profile work", "login --enable-plan"],
    },
    logout: [
      {
        name: "forget",
        description: "forget the registration too; the next sign-in registers axio anew",
      },
    ],
    usage: {
      summary: "say where to see and limit what axio uses of the plan",
      examples: ["usage", "usage --json | jq -r .usagePage"],
    },
  }),
};

function describe(credentials: ChatGPTCredentials): AccountInfo | undefined {
  const facts = accountInfo(credentials);
  return facts && { ...facts, notes: [...(facts.notes ?? []), ...planNotes(facts)] };
}

function planNotes({ usesPlan, isPlanNoticeDue }: AccountInfo): readonly string[] {
  if (usesPlan !== true) return [`The ChatGPT plan is not used. Enable it: ${NAME} login --enable-plan`];
  return [
    ...(isPlanNoticeDue === true
      ? [
          "You're using your ChatGPT plan: what you ask here counts towards it. You manage that in the settings of ChatGPT.",
        ]
      : []),
    `Using ChatGPT plan. Manage usage: ${USAGE_PAGE}`,
  ];
}
