import type { AnthropicSimulator } from "./anthropic/simulator.ts";
import type { ChatGPTSimulator } from "./chatgpt/simulator.ts";
import type { Simulator } from "./codex/simulator.ts";
import type { OpenAISimulator } from "./openai/simulator.ts";

/** Instructions for a simulator of the Codex backend. */
export function howToUseCodex({ origin, issuer, baseUrl }: Simulator): string {
  return `The Codex simulator listens on ${origin} (this computer only). Ctrl-C stops it.

Use it with axio-codex (the profile keeps your real sign-in separate; in a checkout of axio, "npm run -s codex --"
is the command from the sources):
  npx axio-codex login --profile simulator --issuer ${issuer}
  npx axio-codex ask "say Hello" --profile simulator --issuer ${issuer} --base-url ${baseUrl}

Use it with the official CLI by its config.toml in CODEX_HOME (CLIs newer than 0.144 need --https):
  chatgpt_base_url = "${origin}/backend-api"
  openai_base_url = "${baseUrl}"
and sign in with: codex login --device-auth --experimental_issuer ${issuer}
`;
}

/** Instructions for a simulator of "Sign in with ChatGPT". */
export function howToUseChatGPT({ origin, issuer, apiBaseUrl }: ChatGPTSimulator): string {
  return `The simulator of "Sign in with ChatGPT" listens on ${origin} (this computer only). Ctrl-C stops it.

Use it with your app:
  issuer        ${issuer}
  API           ${apiBaseUrl}
  client id     dynamic_agent_client, until the sign-in issues one
On the sign-in page you can allow the plan, only the identity, or nothing.
Requests that violate the documentation are listed here.
`;
}

/** Instructions for a simulator of OpenAI's API, or of a server that speaks like it. */
export function howToUseOpenAI({ origin, baseUrl, apiKey }: OpenAISimulator, dialect: string): string {
  return `The simulator of OpenAI's API (${dialect}) listens on ${origin} (this computer only). Ctrl-C stops it.

Use it with any client of OpenAI's API that reads these variables:
${environment({ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey })}
or ask it directly:
  curl ${baseUrl}/chat/completions -H "Authorization: Bearer ${apiKey}" -H "Content-Type: application/json" \\
    -d '{"model":"gpt-4.1","stream":true,"messages":[{"role":"user","content":"say Hello"}]}'
`;
}

/** Instructions for a simulator of Claude's Messages API. */
export function howToUseAnthropic({ baseUrl, apiKey }: AnthropicSimulator): string {
  return `The simulator of Claude's Messages API listens on ${baseUrl} (this computer only). Ctrl-C stops it.

Use it with any client of the Messages API that reads these variables:
${environment({ ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_API_KEY: apiKey })}
or ask it directly:
  curl ${baseUrl}/v1/messages -H "x-api-key: ${apiKey}" -H "anthropic-version: 2023-06-01" \\
    -H "Content-Type: application/json" \\
    -d '{"model":"claude-sonnet-5-5","max_tokens":1000,"stream":true,"messages":[{"role":"user","content":"say Hello"}]}'
`;
}

/** The commands that set environment variables in a shell of this platform. */
function environment(variables: Readonly<Record<string, string>>): string {
  const isWindows = process.platform === "win32";
  return Object.entries(variables)
    .map(([name, value]) => (isWindows ? `$env:${name} = "${value}"` : `export ${name}=${value}`))
    .join("\n");
}
