import type { AgentTool, ModelSpec } from "axio";
import type { PluginHost, Profile, Provider, ProviderAccount, ProviderSignIn, ToolServer } from "axio/plugin";
import { type ScriptedAnswer, ScriptedTransport } from "axio/testing";
import type { SessionDatabase } from "axio-context-sqlite";
import type { AppOptions } from "../../src/host/app-options.ts";
import { Notices } from "../../src/host/notices.ts";
import { PermissionQueue } from "../../src/host/permission-queue.ts";
import type { FoundPlugin, FoundPlugins } from "../../src/plugins/found-plugins.ts";
import type { AppSettings, SettingsStore } from "../../src/settings/app-settings.ts";
import { PermissionRules } from "../../src/settings/permission-rules.ts";
import { EMPTY_FOLDER } from "../../src/trust/trusted-folder.ts";
import { VirtualKeyboard, VirtualScreen } from "./virtual-screen.ts";

export const MODEL: ModelSpec = {
  id: "scripted",
  displayName: "Scripted One",
  capabilities: ["text", "tool-use", "vision"],
  contextWindow: 100_000,
  efforts: ["low", "medium", "high"],
  defaultEffort: "medium",
};

/** The options of a test. */
export interface AppSetup {
  readonly answers?: readonly ScriptedAnswer[];
  readonly tools?: (host: PluginHost) => readonly AgentTool[];
  /** The servers behind the tools. */
  readonly servers?: readonly ToolServer[];
  readonly account?: ProviderAccount;
  readonly isSignedOut?: boolean;
  readonly openScreen?: Provider["openScreen"];
  readonly withSimulator?: boolean;
  readonly settings?: Partial<AppSettings>;
  readonly start?: AppOptions["start"];
  readonly env?: AppOptions["env"];
  readonly screenReader?: boolean;
  readonly cwd?: string;
  readonly folder?: AppOptions["folder"];
  readonly columns?: number;
  readonly rows?: number;
  readonly sessions?: SessionDatabase;
  readonly models?: readonly ModelSpec[];
}

/** The options of the app, and its terminal. */
export interface TestOptions extends AppOptions {
  readonly screen: VirtualScreen;
  readonly keyboard: VirtualKeyboard;
  readonly transports: readonly ScriptedTransport[];
  /** Lets time pass for what depends on when keys are pressed. */
  skip(milliseconds: number): void;
}

export function found<Plugin>(
  name: string,
  plugin: Plugin,
  packageName = `axio-${name}`,
): FoundPlugin<Plugin> {
  return {
    name,
    packageName,
    packageVersion: "1.0.0",
    packageDir: `/packages/${packageName}`,
    origin: "app",
    load: async () => plugin,
  };
}

export function memorySettings(begin: Partial<AppSettings> = {}): SettingsStore {
  let current = {
    providers: {},
    theme: "dark",
    autoCompact: true,
    plugins: [],
    disabled: [],
    pluginSettings: {},
    ...begin,
  } as unknown as AppSettings;
  return {
    path: "/settings.json",
    get current() {
      return current;
    },
    update: async (change) => {
      current = change(current);
      return current;
    },
  };
}

/** A sign-in with one profile, whose account is what the function returns. */
export function fakeSignIn(account: () => ProviderAccount | undefined): ProviderSignIn {
  const read = async (): Promise<Profile> => ({
    name: "default",
    isDefault: true,
    location: "memory",
    account: account(),
  });
  return {
    title: "Sign in",
    methods: ["browser"],
    stores: [{ name: "file" }],
    profile: read,
    setDefaultProfile: read,
    profiles: async () => [await read()],
    login: () => Promise.reject(new Error("There is no server.")),
    logout: async () => ({ signedOut: true, revoked: true }),
    forgetProfile: async () => undefined,
  };
}

export function testOptions(setup: AppSetup, sessions: SessionDatabase): TestOptions {
  const { columns = 80, rows = 24, answers = [], tools, servers = [], openScreen } = setup;
  const screen = new VirtualScreen(columns, rows);
  const keyboard = new VirtualKeyboard();
  const transports: ScriptedTransport[] = [];
  const settings = memorySettings(setup.settings);
  const cwd = setup.cwd ?? "/project";
  const permissions = new PermissionQueue({
    rules: new PermissionRules({ settings, cwd, home: "/home/ada" }),
    mode: setup.settings?.permissions?.mode,
  });
  const notices = new Notices();
  let skipped = 0;
  const hostFor = (_kind: string, name: string): PluginHost => ({
    appName: "axio",
    cwd: "/project",
    env: {},
    settings: {},
    signal: new AbortController().signal,
    onWarning: (warning) => notices.add({ from: name, warning }),
    requestPermission: (request) => permissions.ask(name, request),
  });
  const { account = { label: "ada@example.com", plan: "plus" } } = setup;
  const provider: Provider = {
    title: "Scripted",
    createTransport: () => {
      // One script for all: a new transport continues it.
      const scripted = transports[0] ?? new ScriptedTransport(answers, setup.models ?? [MODEL]);
      if (transports.length === 0) transports.push(scripted);
      return scripted;
    },
    signIn: fakeSignIn(() => (setup.isSignedOut ? undefined : account)),
    ...(openScreen && { openScreen }),
  };
  const plugins: FoundPlugins = {
    providers: [
      found("scripted", provider),
      ...(setup.withSimulator
        ? [found("simulator", { title: "Simulator", createTransport: () => new ScriptedTransport([]) })]
        : []),
    ],
    tools:
      tools === undefined
        ? []
        : [found("local", { title: "Local tools", open: (host) => ({ tools: tools(host), servers }) })],
    guards: [],
    selectors: [],
    problems: [],
    untrusted: [],
    project: [],
    disabled: [],
  };
  return {
    found: plugins,
    folder: setup.folder ?? EMPTY_FOLDER,
    settings,
    sessions,
    cwd,
    env: setup.env ?? { LANG: "en_GB.UTF-8", TERM: "xterm-256color" },
    hostFor,
    permissions,
    notices,
    version: "0.1.0",
    start: setup.start ?? {},
    screenReader: setup.screenReader ?? false,
    now: () => performance.now() + skipped,
    skip: (milliseconds) => {
      skipped += milliseconds;
    },
    stdin: keyboard as unknown as NodeJS.ReadStream,
    stdout: screen as unknown as NodeJS.WriteStream,
    stderr: new VirtualScreen(80, 24) as unknown as NodeJS.WriteStream,
    screen,
    keyboard,
    transports,
  };
}
