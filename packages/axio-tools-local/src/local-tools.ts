import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { AxioError, type Tool } from "axio";
import { checkOptions, OPTION, oneOf, type RulesOf, required } from "axio/internal";
import type { OpenTools, PluginHost } from "axio/plugin";
import { CREDENTIAL_FILES, credentialTest } from "./credential-files.ts";
import { listFilesTool } from "./list-files.ts";
import { patchFileTool } from "./patch-file.ts";
import { readFileTool } from "./read-file.ts";
import { searchFilesTool } from "./search/search-files.ts";
import { BackgroundProcesses } from "./shell/background-processes.ts";
import { backgroundTools } from "./shell/background-tools.ts";
import { commandEnvironment } from "./shell/command-environment.ts";
import { Launcher, type SandboxMode } from "./shell/launcher.ts";
import { MAX_TIMEOUT_MS, shellTool } from "./shell/shell-tool.ts";
import { WorkingDirectory } from "./working-directory.ts";
import { writeFileTool } from "./write-file.ts";

/** The names of the tools. The first three are read-only. */
export const LOCAL_TOOL_NAMES = [
  "read_file",
  "list_files",
  "search_files",
  "write_file",
  "patch_file",
  "shell",
  "shell_output",
  "shell_stop",
] as const;

/** The name of a local tool. */
export type LocalToolName = (typeof LOCAL_TOOL_NAMES)[number];

/** Options of {@link localTools}. */
export interface LocalToolsOptions {
  /** The directory that the tools may access, and where commands start. Commands can write in it. */
  readonly directory: string;
  /** Called before a file is changed or a command runs. May remember a permission for the request's `key`. */
  readonly requestPermission: PluginHost["requestPermission"];
  /** The tools to create. Default: all. */
  readonly only?: readonly LocalToolName[] | undefined;
  /** The environment variables of commands, except for `excludeVariables`. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * The names of variables that commands do not get; `*` stands for any characters. Default: names such as `*_KEY`, `*_TOKEN`,
   * `*_SECRET`, `*_PASSWORD`, and `AXIO_*`.
   */
  readonly excludeVariables?: readonly string[] | undefined;
  /** The names of variables that commands get although `excludeVariables` matches them. Default: none. */
  readonly keepVariables?: readonly string[] | undefined;
  /**
   * Whether commands run in a sandbox (bubblewrap on Linux, `sandbox-exec` on macOS): they can write only in `directory` and
   * the temporary directory, and cannot read credentials. `"auto"` runs them without one if the system has none, and says so in
   * the permission request; `"require"` runs no command then. Default: `"auto"`.
   */
  readonly sandbox?: SandboxMode | undefined;
  /** Whether commands in the sandbox have a network. Default: `true`. */
  readonly sandboxNetwork?: boolean | undefined;
  /** Timeout of a command for which the model sets none. At most one hour. Default: 120,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Changes to the list of credential files, which the file tools refuse to read and write: patterns of `.gitignore`, with `~` for
   * the home directory. One that begins with `!` allows files. Default: none.
   */
  readonly credentialFiles?: readonly string[] | undefined;
  /** Terminates running commands, as the abort of the run does. */
  readonly signal?: AbortSignal | undefined;
}

/** The rules of {@link LocalToolsOptions}. */
const RULES: RulesOf<LocalToolsOptions> = {
  directory: required({ ...OPTION.string, expected: "the path of a directory" }),
  requestPermission: required({ ...OPTION.function, expected: "a function that decides about permissions" }),
  only: OPTION.strings,
  env: OPTION.object,
  excludeVariables: OPTION.strings,
  keepVariables: OPTION.strings,
  sandbox: oneOf("auto", "require", "off"),
  sandboxNetwork: OPTION.boolean,
  timeoutMs: { isValid: (value) => typeof value === "number", expected: "a number of milliseconds" },
  credentialFiles: OPTION.strings,
  signal: OPTION.signal,
};

/**
 * Creates the tools `read_file`, `list_files`, `search_files`, `write_file`, `patch_file`, `shell`, `shell_output` and
 * `shell_stop` for a directory. Writing, patching and running a command request permission.
 *
 * @throws AxioError `invalid-argument` for options that cannot be used: for example, the directory does not exist.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { localTools } from "axio-tools-local";
 *
 * const tools = localTools({
 *   directory: ".",
 *   requestPermission: async ({ title }) => ({ allowed: false, reason: `Not allowed here: ${title}` }),
 * });
 * const coder = new Agent({ transport, tools });
 * ```
 */
export function localTools(options: LocalToolsOptions): Tool[] {
  return openLocalTools(options).tools;
}

/** The tools, and a function that releases their resources. */
export interface OpenLocalTools extends OpenTools {
  readonly tools: Tool[];
  /** Terminates running commands and background processes. */
  close(): Promise<void>;
}

/** Like {@link localTools}, for a caller that closes the tools. */
export function openLocalTools(options: LocalToolsOptions): OpenLocalTools {
  checkOptions("localTools", options, RULES);
  const {
    requestPermission,
    env = process.env,
    only = LOCAL_TOOL_NAMES,
    timeoutMs = 120_000,
    credentialFiles = [],
    signal,
  } = options;
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new AxioError(
      "invalid-argument",
      `The timeout is ${timeoutMs / 1_000} seconds. Use a number above 0 and up to ${MAX_TIMEOUT_MS / 1_000}.`,
    );
  }
  const isCredentialFile = credentialTest(credentialFiles, { env, homes: homeDirectories(env) });
  const directory = new WorkingDirectory(options.directory, isCredentialFile);
  const closing = new AbortController();
  const runs = new Set<Promise<unknown>>();
  const wanted: ReadonlySet<string> = new Set(only);
  const stopped = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
  const background = new BackgroundProcesses(stopped);
  const launcher = new Launcher({
    directory: directory.path,
    env: commandEnvironment(env, { exclude: options.excludeVariables, keep: options.keepVariables }),
    sandbox: options.sandbox ?? "auto",
    network: options.sandboxNetwork ?? true,
    credentialFiles: [...CREDENTIAL_FILES, ...credentialFiles],
  });
  const shell = shellTool({
    launcher,
    requestPermission,
    timeoutMs,
    signal: stopped,
    // Without its output, a process in the background is of no use.
    background: wanted.has("shell_output") ? background : undefined,
    onRun: (run) => {
      runs.add(run);
      const remove = (): boolean => runs.delete(run);
      run.then(remove, remove);
    },
  });
  const all = [
    readFileTool(directory),
    listFilesTool(directory),
    searchFilesTool(directory),
    writeFileTool(directory, requestPermission),
    patchFileTool(directory, requestPermission),
    shell,
    ...backgroundTools(background),
  ];
  return {
    tools: all.filter(({ name }) => wanted.has(name)),
    close: async () => {
      closing.abort();
      await Promise.allSettled([...runs, background.ended()]);
      launcher.close();
    },
  };
}

/** Returns the home directory of the environment and of the account, as named and without links. */
function homeDirectories(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const named = [env["HOME"] ?? "", env["USERPROFILE"] ?? "", homedir()].filter((home) => home !== "");
  return [...new Set(named.flatMap((home) => [home, realPathOf(home)]))];
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
