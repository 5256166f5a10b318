import { join } from "node:path";
import type { CompletionTransport } from "axio";
import type { SignInPrompts } from "axio/plugin";
import { FileCredentialStore } from "axio-auth";
import { startChatGPTSimulator, startSimulator } from "axio-simulator";
import * as chatgpt from "axio-transport-chatgpt";
import * as codex from "axio-transport-codex";

/** A route to sign in, and how the demo shows it. */
export interface DemoRoute extends AsyncDisposable {
  readonly origin: string;
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
]);

async function startCodexRoute(folder: string): Promise<DemoRoute> {
  const simulator = await startSimulator();
  const path = join(folder, "codex.json");
  const store = new FileCredentialStore({ path, format: codex.CODEX_CREDENTIAL_FORMAT });
  const { issuer, baseUrl, origin } = simulator;
  const transport = new codex.CodexTransport({ credentials: store, baseUrl, issuer });
  return {
    origin,
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
