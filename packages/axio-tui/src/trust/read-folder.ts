import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { listContainedDirectory, readContainedFile } from "axio-tools-local/contained-file";
import { commandName } from "./custom-command.ts";
import type { FolderContents, FolderFile, GitContents, McpFile, RefusedFile } from "./folder-contents.ts";
import { type GitSetting, programSettings } from "./git-config.ts";
import { namedServers, placeIn } from "./inventory.ts";

/** The instructions to agents (https://agents.md). */
export const INSTRUCTIONS_FILE = "AGENTS.md";
/** The settings that a folder may bring. */
export const FOLDER_SETTINGS_FILE = ".axio/settings.json";
/** The folder of custom commands. */
const COMMANDS_FOLDER = ".axio/commands";

const MAX_TEXT_BYTES = 1_000_000;
const MAX_PROGRAM_BYTES = 10_000_000;
const MAX_COMMANDS = 200;
const MAX_HOOKS = 100;

/** Reads everything that a folder brings, except plugins. Runs nothing, follows no link out of the folder, and never blocks. */
export async function readFolder(
  directory: string,
  { mcpFiles }: { readonly mcpFiles: readonly string[] },
): Promise<FolderContents> {
  const folder = await realpath(directory);
  const reader = new FolderReader(folder);
  const instructions = await reader.text(INSTRUCTIONS_FILE);
  const settings = await reader.text(FOLDER_SETTINGS_FILE);
  const mcp: McpFile[] = [];
  for (const place of mcpFiles) {
    const file = await reader.text(place);
    if (file !== undefined) mcp.push({ ...file, programs: await reader.programs(file.text) });
  }
  const commands: FolderFile[] = [];
  for (const name of await reader.names(COMMANDS_FOLDER, MAX_COMMANDS)) {
    const file =
      commandName(name) === undefined ? undefined : await reader.text(`${COMMANDS_FOLDER}/${name}`);
    if (file !== undefined) commands.push(file);
  }
  const git = await readGit(folder);
  return {
    folder,
    instructions: instructions === undefined ? [] : [instructions],
    settings,
    mcp,
    commands,
    git,
    refused: reader.refused,
  };
}

/** Reads text files of one folder, and collects those that it refuses. */
class FolderReader {
  readonly refused: RefusedFile[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async text(place: string): Promise<FolderFile | undefined> {
    const file = await readContainedFile(this.#folder, place, MAX_TEXT_BYTES);
    if (file.status === "refused") this.refused.push({ place, problem: file.problem });
    return file.status === "read" ? { place, text: file.bytes.toString("utf8") } : undefined;
  }

  async names(place: string, maxEntries: number): Promise<readonly string[]> {
    const found = await listContainedDirectory(this.#folder, place, maxEntries);
    if (found.status === "refused") this.refused.push({ place, problem: found.problem });
    return found.status === "read" ? found.names : [];
  }

  /** Reads the files in the folder that servers name as their command or argument. */
  async programs(text: string): Promise<readonly FolderFile[]> {
    const places = new Set<string>();
    for (const { server } of namedServers(text)) {
      const { command, args, cwd } = server;
      const base = typeof cwd === "string" ? cwd : ".";
      for (const word of [command, ...(Array.isArray(args) ? args : [])])
        if (typeof word === "string" && word !== "")
          places.add(placeIn(this.#folder, join(this.#folder, base, word)));
    }
    const programs: FolderFile[] = [];
    for (const place of places) {
      const file = await readContainedFile(this.#folder, place, MAX_PROGRAM_BYTES);
      if (file.status === "read") programs.push({ place, text: file.bytes.toString("latin1") });
    }
    return programs;
  }
}

/** Reads what the Git repository of a folder can run, like Git from the folder upwards. */
async function readGit(folder: string): Promise<GitContents | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const directory = await gitDirectory(at);
    if (directory !== undefined) return readRepository(folder, directory);
    if (dirname(at) === at) return undefined;
  }
}

/** Returns the directory with the configuration of the repository at a path: `.git`, or the path itself if it is a bare one. */
async function gitDirectory(path: string): Promise<string | undefined> {
  const inside = join(path, ".git");
  const found = await lstat(inside).catch(() => undefined);
  if (found?.isFile() === true) {
    const pointer = await readContainedFile(path, ".git", MAX_TEXT_BYTES);
    const named =
      pointer.status === "read" ? /^gitdir: (.*)/.exec(pointer.bytes.toString("utf8"))?.[1] : undefined;
    return named === undefined ? inside : commonDirectory(resolveFrom(path, named.trim()));
  }
  if (found !== undefined) return inside;
  const isBare = await Promise.all(["HEAD", "objects", "refs"].map((name) => lstat(join(path, name))))
    .then(() => true)
    .catch(() => false);
  return isBare ? path : undefined;
}

/** Returns the directory that a worktree shares with its repository. */
async function commonDirectory(directory: string): Promise<string> {
  const file = await readContainedFile(directory, "commondir", MAX_TEXT_BYTES);
  return file.status === "read" ? resolveFrom(directory, file.bytes.toString("utf8").trim()) : directory;
}

async function readRepository(folder: string, directory: string): Promise<GitContents> {
  const settings: GitSetting[] = [];
  const files: FolderFile[] = [];
  for (const name of ["config", "config.worktree"]) {
    const file = await readContainedFile(directory, name, MAX_TEXT_BYTES);
    if (file.status === "read") settings.push(...programSettings(file.bytes.toString("utf8")));
    else if (file.status === "refused") settings.push({ name: "?", value: `${name}: ${file.problem}` });
  }
  const hooks = await listContainedDirectory(directory, "hooks", MAX_HOOKS);
  for (const name of hooks.status === "read" ? hooks.names : []) {
    if (name.endsWith(".sample")) continue;
    const file = await readContainedFile(directory, `hooks/${name}`, MAX_PROGRAM_BYTES);
    if (file.status === "read")
      files.push({
        place: placeIn(folder, join(directory, "hooks", name)),
        text: file.bytes.toString("latin1"),
      });
  }
  for (const { name, value } of settings) {
    if (!/^include(?:if)?\./.test(name)) continue;
    const file = await readContainedFile(directory, value, MAX_TEXT_BYTES);
    if (file.status === "read") files.push({ place: value, text: file.bytes.toString("utf8") });
  }
  const place = basename(directory) === ".git" || directory !== folder ? join(directory, "config") : "config";
  return { place: placeIn(folder, place), settings, files };
}

function resolveFrom(directory: string, path: string): string {
  return path.startsWith("/") ? path : join(directory, path);
}
