import { type CliIo, runCommandLine } from "axio-cli";
import { UsageError } from "axio-cli/internal";
import {
  openWorkspace,
  Providers,
  type SettingsStore,
  type Workspace,
  type WorkspaceIo,
} from "axio-tui/internal";
import { authRequired, invalidParams } from "../requests/request-error.ts";
import { readMethod, type SignInProvider } from "./auth-methods.ts";

/** The name of the command that users type. */
const COMMAND = "axio-acp";

/** Where providers are looked for before a session has a folder. */
export interface SignInOptions {
  readonly io: WorkspaceIo;
  readonly cwd: string;
  readonly settings: SettingsStore;
}

/** Returns the installed providers that users sign in to. One that fails to load is left out. */
export async function signInProviders(options: SignInOptions): Promise<readonly SignInProvider[]> {
  const workspace = await openWorkspace(options);
  try {
    const loaded = await Promise.all(
      workspace.found.providers.map(async ({ name, load }) => {
        const provider = await load().catch(() => undefined);
        return provider?.signIn === undefined ? [] : [{ name, provider }];
      }),
    );
    return loaded.flat();
  } finally {
    workspace.close();
  }
}

/**
 * Signs in with the browser, and uses the provider for new sessions.
 *
 * @throws AxioError why it failed; RequestError if there is no such method.
 */
export async function signInWithBrowser(
  methodId: string,
  options: SignInOptions,
  signal: AbortSignal,
): Promise<void> {
  const { name, inTerminal } = readMethod(methodId);
  const workspace = await openWorkspace(options);
  try {
    const found = workspace.found.providers.find((provider) => provider.name === name);
    const signIn = (await found?.load())?.signIn;
    if (signIn === undefined) throw invalidParams(`There is no sign-in ${JSON.stringify(methodId)}.`);
    const host = workspace.hostFor("providers", name);
    const isSignedIn = (await signIn.profile(host, {})).account !== undefined;
    if (inTerminal && !isSignedIn)
      throw authRequired(`You are not signed in yet. Run this in a terminal: ${COMMAND} --login ${name}`);
    if (!inTerminal) await signIn.login(host, { method: "browser", signal });
    await use(name, workspace);
  } finally {
    workspace.close();
  }
}

/**
 * Signs out of the provider that new sessions use, also for the app and the command line.
 *
 * @throws AxioError if the credentials cannot be removed.
 */
export async function signOut(options: SignInOptions): Promise<void> {
  const workspace = await openWorkspace(options);
  try {
    const active = await new Providers(workspace).first();
    if (active === undefined) return;
    active.transport.close?.();
    await active.provider.signIn?.logout(active.host, { profile: active.profile });
  } finally {
    workspace.close();
  }
}

/**
 * Signs in in the terminal of this process. Returns the exit code.
 *
 * @throws UsageError if there is no such provider.
 */
export async function signInInTerminal(name: string, options: SignInOptions, io: CliIo): Promise<number> {
  const workspace = await openWorkspace(options);
  try {
    const found = workspace.found.providers.find((provider) => provider.name === name);
    if (found === undefined) {
      const names = workspace.found.providers.map((provider) => provider.name).join(", ");
      throw new UsageError(`There is no provider ${JSON.stringify(name)}.`, `Choose one of: ${names}.`);
    }
    const provider = await found.load();
    const code = await runCommandLine(
      {
        name: COMMAND,
        version: options.io.version,
        purpose: "Sign in for editors",
        providerName: name,
        provider,
      },
      ["login"],
      io,
    );
    if (code === 0) await use(name, workspace);
    return code;
  } finally {
    workspace.close();
  }
}

async function use(name: string, workspace: Workspace): Promise<void> {
  const providers = new Providers(workspace);
  const active = await providers.open({ name });
  active.transport.close?.();
  await providers.remember(active);
}
