import type { GitSetting } from "./git-config.ts";

/** A text file of a folder. */
export interface FolderFile {
  /** The path relative to the folder, with `/`. */
  readonly place: string;
  readonly text: string;
}

/** A file that was not read, and why. */
export interface RefusedFile {
  readonly place: string;
  /** The end of a sentence: `"it is not a regular file"`. */
  readonly problem: string;
}

/** A configuration file of MCP servers, and the files in the folder that its servers name. */
export interface McpFile extends FolderFile {
  readonly programs: readonly FolderFile[];
}

/** The part of a Git configuration that can run programs. */
export interface GitContents {
  /** Where the configuration is. */
  readonly place: string;
  readonly settings: readonly GitSetting[];
  /** Hooks and included files. */
  readonly files: readonly FolderFile[];
}

/** A package with plugins in `node_modules` of the folder or above it. */
export interface PackageContents {
  readonly packageName: string;
  readonly packageVersion: string;
  readonly packageDir: string;
  /** The kinds and names of its plugins: `"tools/clock"`. */
  readonly plugins: readonly string[];
  /** SHA-256 of its files and those of its dependencies. */
  readonly hash: string;
}

/** Everything that was read from a folder to be used if the user trusts it. */
export interface FolderContents {
  /** The absolute path without links. */
  readonly folder: string;
  readonly instructions: readonly FolderFile[];
  readonly settings?: FolderFile | undefined;
  readonly mcp: readonly McpFile[];
  readonly commands: readonly FolderFile[];
  readonly git?: GitContents | undefined;
  /** The files that are not used, whatever the user answers. */
  readonly refused: readonly RefusedFile[];
}
