import { dirname, isAbsolute, join, resolve } from "node:path";
import { listContainedDirectory, readRegularFile } from "axio-tools-local/contained-file";
import type { FoundPlugins } from "../plugins/found-plugins.ts";
import type { SettingsStore } from "../settings/app-settings.ts";
import type { FolderContents, FolderFile, PackageContents } from "../trust/folder-contents.ts";
import { type DecidedItem, decideItems, type FolderItem } from "../trust/folder-item.ts";
import { packageItem, placeIn, takeInventory } from "../trust/inventory.ts";
import { readFolder } from "../trust/read-folder.ts";
import { findInstalled, type PluginIo } from "./environment.ts";

/** The file in which a project configures MCP servers for all programs. */
const MCP_FILE = ".mcp.json";
const MAX_COMMANDS = 200;
const MAX_COMMAND_BYTES = 1_000_000;

/** A folder that was looked at: everything that it brings, and what the user answered about it. Nothing of it has run. */
export interface OpenedFolder {
  readonly contents: FolderContents;
  readonly found: FoundPlugins;
  readonly decided: readonly DecidedItem[];
}

/** Options of {@link openFolder}. */
export interface OpenFolderOptions {
  /** Whether to use, this time, what the user was not asked about. What the user refused stays out. Default: `false`. */
  readonly trustsAll?: boolean | undefined;
}

/** Looks at a working folder: finds the plugins, and takes the inventory of what the folder brings. */
export async function openFolder(
  io: PluginIo,
  cwd: string,
  settings: SettingsStore,
  { trustsAll = false }: OpenFolderOptions = {},
): Promise<OpenedFolder> {
  const contents = await readFolder(cwd, { mcpFiles: mcpFiles(cwd, settings) });
  const answers = settings.current.trust[contents.folder] ?? {};
  const decide = (items: readonly FolderItem[]): readonly DecidedItem[] => {
    const decided = decideItems(items, answers);
    return trustsAll ? decided.map(trustedUnlessRefused) : decided;
  };
  const isTrusted = (pack: PackageContents): boolean | undefined => {
    const [decided] = decide([packageItem(contents.folder, pack)]);
    if (decided?.state === "trusted") return true;
    return decided?.state === "refused" ? false : undefined;
  };
  const found = await findInstalled(io, cwd, settings, isTrusted);
  return { contents, found, decided: decide(takeInventory(contents, found.project)) };
}

function trustedUnlessRefused({ item, state }: DecidedItem): DecidedItem {
  return { item, state: state === "refused" ? state : "trusted" };
}

/** Reads the user's own commands: the folder `commands` next to the settings. */
export async function readOwnCommands(settings: SettingsStore): Promise<readonly FolderFile[]> {
  // It may be a link: it belongs to the user.
  const directory = join(dirname(settings.path), "commands");
  const listed = await listContainedDirectory(directory, ".", MAX_COMMANDS);
  const files: FolderFile[] = [];
  for (const place of listed.status === "read" ? listed.names : []) {
    const file = await readRegularFile(join(directory, place), MAX_COMMAND_BYTES);
    if (file.status === "read") files.push({ place, text: file.bytes.toString("utf8") });
  }
  return files;
}

/** Returns the files of the folder that configure MCP servers: the usual one, and one that the settings of the plugin name. */
function mcpFiles(cwd: string, { current }: SettingsStore): readonly string[] {
  const named = current.pluginSettings["tools/mcp"]?.["file"];
  const places = typeof named === "string" ? [MCP_FILE, placeIn(cwd, resolve(cwd, named))] : [MCP_FILE];
  // A file elsewhere is the user's own.
  return [...new Set(places)].filter((place) => !isAbsolute(place));
}
