import { AxioError, type Tool } from "axio";
import type { OpenTools, PluginHost } from "axio/plugin";
import { Folder } from "./folder.ts";
import { listFilesTool } from "./list-files.ts";
import { patchFileTool } from "./patch-file.ts";
import { readFileTool } from "./read-file.ts";
import { searchFilesTool } from "./search-files.ts";
import { MAX_TIMEOUT_SECONDS, shellTool } from "./shell/shell-tool.ts";
import { writeFileTool } from "./write-file.ts";

/** The names of the tools, those first that change nothing. */
export const LOCAL_TOOL_NAMES = [
  "read_file",
  "list_files",
  "search_files",
  "write_file",
  "patch_file",
  "shell",
] as const;

/** The name of one of the tools. */
export type LocalToolName = (typeof LOCAL_TOOL_NAMES)[number];

/** What the tools may do. */
export interface LocalToolsOptions {
  /** The folder that files are read and changed in, and commands begin in. Nothing outside of it is read or written, except by commands. */
  readonly folder: string;
  /** Asked before a file is changed or a command is run. Remembers answers as it likes: by the question's `key`, for one. */
  readonly ask: PluginHost["requestPermission"];
  /** Which tools. Default: all. */
  readonly only?: readonly LocalToolName[] | undefined;
  /** The variables that commands see. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How long a command may run unless the model asks for more, in seconds. Default 120. */
  readonly timeoutSeconds?: number | undefined;
  /** Ends running commands. Default: only what ends the agent's run does. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tools that work in one folder: `read_file`, `list_files`, `search_files`, `write_file`, `patch_file`, `shell`. The last three
 * ask first.
 *
 * @throws AxioError `invalid-argument` where there is no such folder, or the time is no number of seconds.
 *
 * @example
 * ```ts
 * import { Agent } from "axio";
 * import { localTools } from "axio-tools-local";
 *
 * const tools = localTools({
 *   folder: ".",
 *   ask: async ({ title }) => ({ allowed: false, reason: `Nobody is here to allow it: ${title}` }),
 * });
 * const coder = new Agent({ transport, tools });
 * ```
 */
export function localTools(options: LocalToolsOptions): Tool[] {
  return openLocalTools(options).tools;
}

/** The tools, and a way to end what they hold. */
export interface OpenLocalTools extends OpenTools {
  readonly tools: Tool[];
  close(): Promise<void>;
}

/** The same, and a way to end them. */
export function openLocalTools(options: LocalToolsOptions): OpenLocalTools {
  const { ask, env = process.env, only = LOCAL_TOOL_NAMES, timeoutSeconds = 120, signal } = options;
  if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
    throw new AxioError(
      "invalid-argument",
      `"timeoutSeconds" is ${timeoutSeconds}. Use a number above 0, and ${MAX_TIMEOUT_SECONDS} at most.`,
    );
  }
  const folder = new Folder(options.folder);
  const closing = new AbortController();
  const runs = new Set<Promise<unknown>>();
  const shell = shellTool({
    folder,
    ask,
    env,
    timeoutSeconds,
    signal: signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]),
    onRun: (run) => {
      runs.add(run);
      const forget = (): boolean => runs.delete(run);
      run.then(forget, forget);
    },
  });
  const all = [
    readFileTool(folder),
    listFilesTool(folder),
    searchFilesTool(folder),
    writeFileTool(folder, ask),
    patchFileTool(folder, ask),
    shell,
  ];
  const wanted: ReadonlySet<string> = new Set(only);
  return {
    tools: all.filter(({ name }) => wanted.has(name)),
    close: async () => {
      closing.abort();
      await Promise.allSettled(runs);
    },
  };
}
