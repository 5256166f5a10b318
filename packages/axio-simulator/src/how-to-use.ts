import type { ChatGPTSimulator } from "./chatgpt/simulator.ts";
import type { Simulator } from "./codex/simulator.ts";

/** What the command says about a simulator of the Codex backend. */
export function howToUseCodex({ origin, issuer, baseUrl }: Simulator): string {
  return `The Codex simulator listens on ${origin} (this computer only). Ctrl-C stops it.

Point axio-codex at it (the profile keeps your real sign-in out of it; installed, the command is axio-codex):
  npm run -s codex -- login --profile simulator --issuer ${issuer}
  npm run -s codex -- ask "say Hello" --profile simulator --issuer ${issuer} --base-url ${baseUrl}

Point the official CLI at it, in the config.toml of its CODEX_HOME (newer ones than 0.144 need --https):
  chatgpt_base_url = "${origin}/backend-api"
  openai_base_url = "${baseUrl}"
and sign in with: codex login --device-auth --experimental_issuer ${issuer}
`;
}

/** What the command says about a simulator of "Sign in with ChatGPT". */
export function howToUseChatGPT({ origin, issuer, apiBaseUrl }: ChatGPTSimulator): string {
  return `The simulator of "Sign in with ChatGPT" listens on ${origin} (this computer only). Ctrl-C stops it.

Point your app at it:
  issuer        ${issuer}
  API           ${apiBaseUrl}
  client id     dynamic_agent_client, until the sign-in gives out one
The page of the sign-in lets you allow the plan, the identity alone, or nothing.
What your app does against the documents is told here.
`;
}
