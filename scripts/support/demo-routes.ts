import { join } from "node:path";
import type { CompletionTransport } from "axio";
import type { PluginHost, Provider, SignInPrompts } from "axio/plugin";
import { FileCredentialStore } from "axio-auth";
import {
  startAnthropicSimulator,
  startChatGPTSimulator,
  startOpenAISimulator,
  startSimulator,
} from "axio-simulator";
import { provider as anthropic } from "axio-transport-anthropic/plugin";
import * as chatgpt from "axio-transport-chatgpt";
import * as codex from "axio-transport-codex";
import { provider as openai } from "axio-transport-openai/plugin";

/** A route to sign in, and how the demo shows it. */
export interface DemoRoute extends AsyncDisposable {
  readonly origin: string;
  /** How users sign in. */
  readonly title: string;
  /** The simulated service. */
  readonly hosts: string;
  /** The button that the user presses on the sign-in page. */
  readonly button: string;
  /** The path of the credentials. */
  readonly path: string;
  readonly transport: CompletionTransport;
  /** Signs in and returns the account. */
  login(ways: SignInPrompts): Promise<string>;
  logout(): Promise<{ readonly revoked: boolean }>;
  /** Returns the rate limits, one per line. */
  usage(): Promise<readonly string[]>;
}

/** The routes of the demo. Each gets a directory for its credentials. */
export const DEMO_ROUTES: ReadonlyMap<string, (folder: string) => Promise<DemoRoute>> = new Map([
  ["codex", startCodexRoute],
  ["chatgpt", startChatGPTRoute],
  ["openai", startOpenAIRoute],
  ["anthropic", startAnthropicRoute],
]);

async function startCodexRoute(folder: string): Promise<DemoRoute> {
  const simulator = await startSimulator();
  const path = join(folder, "codex.json");
  const store = new FileCredentialStore({ path, format: codex.CODEX_CREDENTIAL_FORMAT });
  const { issuer, baseUrl, origin } = simulator;
  const transport = new codex.CodexTransport({ credentials: store, baseUrl, issuer });
  return {
    origin,
    title: "Sign in with ChatGPT",
    hosts: "auth.openai.com and chatgpt.com",
    button: "Continue",
    path,
    transport,
    async login(ways) {
      const {
        email,
        accountId,
        planType = "unknown",
      } = await codex.login({
        ...ways,
        store,
        issuer,
        method: "browser",
      });
      return `${email ?? accountId}, plan ${planType}`;
    },
    logout: () => codex.logout({ store, issuer }),
    async usage() {
      const { limits } = await transport.fetchRateLimits();
      return limits.flatMap(({ id, windows }) =>
        windows.map(
          ({ usedPercent, windowMs = 0 }) => `${id}: ${usedPercent} % of ${windowMs / 3_600_000} hours`,
        ),
      );
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

async function startChatGPTRoute(folder: string): Promise<DemoRoute> {
  const simulator = await startChatGPTSimulator();
  const path = join(folder, "chatgpt.json");
  const store = new FileCredentialStore({ path, format: chatgpt.CHATGPT_CREDENTIAL_FORMAT });
  const host = chatgpt.hostStore({ env: { XDG_CONFIG_HOME: folder } });
  const { issuer, apiBaseUrl: baseUrl, origin } = simulator;
  return {
    origin,
    title: "Sign in with ChatGPT",
    hosts: "auth.openai.com and api.openai.com",
    button: "Allow, and let it use the plan",
    path,
    transport: new chatgpt.ChatGPTTransport({ credentials: store, baseUrl, issuer }),
    async login(ways) {
      const { email, clientId } = await chatgpt.login({
        ...ways,
        store,
        issuer,
        appName: "axio demo",
        hostId: await chatgpt.ensureHostId(host),
      });
      return `${email ?? "unknown"}, using the ChatGPT plan (registered as ${clientId})`;
    },
    logout: () => chatgpt.logout({ store, issuer }),
    usage: async () => [`The service does not tell an app. Manage usage: ${chatgpt.USAGE_PAGE}`],
    [Symbol.asyncDispose]: async () => {
      const { violations } = simulator;
      await simulator.close();
      if (violations.length > 0) throw new Error(`The service was misused: ${JSON.stringify(violations)}`);
    },
  };
}

async function startOpenAIRoute(folder: string): Promise<DemoRoute> {
  const simulator = await startOpenAISimulator();
  const { requests, tokens } = simulator.rateLimits;
  return startKeyRoute(folder, {
    simulator,
    provider: openai,
    settings: { server: "openai", baseUrl: simulator.baseUrl },
    hosts: "api.openai.com",
    file: "openai.json",
    limits: { requests, tokens },
  });
}

async function startAnthropicRoute(folder: string): Promise<DemoRoute> {
  const simulator = await startAnthropicSimulator();
  const { requests, inputTokens, outputTokens } = simulator.rateLimits;
  return startKeyRoute(folder, {
    simulator,
    provider: anthropic,
    settings: { baseUrl: simulator.baseUrl, features: "all" },
    hosts: "api.anthropic.com",
    file: "anthropic.json",
    limits: { requests, "input tokens": inputTokens, "output tokens": outputTokens },
  });
}

/** A service that takes API keys. */
interface KeyService {
  readonly simulator: {
    readonly origin: string;
    readonly apiKey: string;
    close(): Promise<void>;
  };
  readonly provider: Provider;
  readonly settings: PluginHost["settings"];
  readonly hosts: string;
  /** The name of the file of the key. */
  readonly file: string;
  readonly limits: Readonly<Record<string, { readonly limit: number; readonly remaining: number }>>;
}

async function startKeyRoute(
  folder: string,
  { simulator, provider, settings, hosts, file, limits }: KeyService,
): Promise<DemoRoute> {
  const { origin, apiKey } = simulator;
  const host: PluginHost = {
    appName: "axio demo",
    cwd: folder,
    env: { XDG_CONFIG_HOME: join(folder, "..") },
    settings,
    signal: new AbortController().signal,
    onWarning: (warning) => console.error(warning),
    requestPermission: async () => ({ allowed: false }),
  };
  return {
    origin,
    title: "Sign in with an API key",
    hosts,
    button: "",
    path: join(folder, file),
    transport: await provider.createTransport(host, {}),
    async login({ onProgress }) {
      // A user would paste it. It is checked with one request.
      const readSecret = async (): Promise<string> => apiKey;
      const profile = await provider.signIn?.login(host, { method: "api-key", readSecret, onProgress });
      return profile?.account.label ?? "unknown";
    },
    async logout() {
      await provider.signIn?.logout(host, {});
      return { revoked: false };
    },
    usage: async () =>
      Object.entries(limits).map(
        ([name, { limit, remaining }]) => `${name}: ${remaining} of ${limit} in a minute`,
      ),
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
