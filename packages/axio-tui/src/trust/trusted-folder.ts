import { type CustomCommand, commandName, readCommand } from "./custom-command.ts";
import type { FolderContents, FolderFile } from "./folder-contents.ts";
import type { DecidedItem, ItemKind } from "./folder-item.ts";
import { type FolderSettings, readFolderSettings } from "./folder-settings.ts";
import { quietGit } from "./git-config.ts";

/** The working folder, as far as the user trusts it. */
export interface TrustedFolder {
  /** The instructions to agents, outermost first. */
  readonly instructions: readonly FolderFile[];
  readonly settings: FolderSettings;
  /** The custom commands of the user and of the folder. */
  readonly commands: readonly CustomCommand[];
  /** Environment variables for programs that are started in the folder. */
  readonly env: Readonly<Record<string, string>>;
  /** Sentences about what is used and what is not, for the user. */
  readonly notes: readonly string[];
  /** Returns the text of a file that the user trusts; `undefined` for any other. */
  readFile(place: string): string | undefined;
}

/** A folder that brings nothing. */
export const EMPTY_FOLDER: TrustedFolder = {
  instructions: [],
  settings: {},
  commands: [],
  env: {},
  notes: [],
  readFile: () => undefined,
};

/** The parts of a trusted folder. */
export interface TrustedParts {
  readonly contents: FolderContents;
  readonly decided: readonly DecidedItem[];
  /** The files in the user's own folder of commands. */
  readonly ownCommands: readonly FolderFile[];
}

/** Returns what may be used of a folder. Does no I/O. */
export function trustedFolder({ contents, decided, ownCommands }: TrustedParts): TrustedFolder {
  const isTrusted = (kind: ItemKind, { place }: FolderFile): boolean =>
    decided.some(({ item, state }) => state === "trusted" && item.kind === kind && item.place === place);
  const instructions = contents.instructions.filter((file) => isTrusted("instructions", file));
  const mcp = contents.mcp.filter((file) => isTrusted("mcp", file));
  const folderCommands = contents.commands.filter((file) => isTrusted("command", file));
  const hasSettings = contents.settings !== undefined && isTrusted("settings", contents.settings);
  const { settings, ignored } = readFolderSettings(hasSettings ? (contents.settings?.text ?? "{}") : "{}");
  const isGitTrusted = decided.some(({ item, state }) => item.kind === "git" && state === "trusted");
  return {
    instructions,
    settings,
    commands: [...toCommands(ownCommands, "user"), ...toCommands(folderCommands, "folder")],
    env: isGitTrusted ? {} : quietGit(contents.git?.settings ?? []),
    notes: [
      ...contents.refused.map(({ place, problem }) => `${place} of this folder is not used: ${problem}.`),
      ...ignored.map(
        (name) =>
          `${name} in .axio/settings.json is not used: a folder may set provider, model, effort, and permissions that deny or ask.`,
      ),
    ],
    readFile: (place) => [...mcp, ...instructions].find((file) => file.place === place)?.text,
  };
}

/** The first of several commands with the same name is used. */
function toCommands(files: readonly FolderFile[], origin: CustomCommand["origin"]): readonly CustomCommand[] {
  return files.flatMap(({ place, text }) => {
    const name = commandName(place.slice(place.lastIndexOf("/") + 1));
    return name === undefined ? [] : [readCommand(name, text, origin)];
  });
}
