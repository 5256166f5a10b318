import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { PluginOrigin } from "./found-plugins.ts";
import { globalModuleFolder } from "./global-folder.ts";

/** A `node_modules` directory. */
export interface ModuleFolder {
  readonly path: string;
  readonly origin: PluginOrigin;
}

/** Where to find plugins. */
export interface SearchPlaces {
  /** The working directory of the app. */
  readonly folder: string;
  /** The directory of the app's package. */
  readonly appFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The program `node`. */
  readonly execPath: string;
  readonly home: string;
}

/**
 * Returns the directories with packages, the nearest to the project first. A directory of the project from which the app runs
 * has the origin `app`: the user chose its code by starting the app.
 */
export async function moduleFolders(places: SearchPlaces): Promise<readonly ModuleFolder[]> {
  const ofApp = moduleFoldersAbove(places.appFolder).filter((path) =>
    // Not every directory above it: any user may write to one for temporary files.
    existsSync(join(path, basename(places.appFolder))),
  );
  const globalFolder = await globalModuleFolder(places);
  const found = new Map<string, PluginOrigin>();
  const add = (path: string, origin: PluginOrigin): void => {
    if (!found.has(path))
      found.set(path, ofApp.includes(path) ? "app" : path === globalFolder ? "global" : origin);
  };
  for (const path of moduleFoldersAbove(places.folder)) add(path, "project");
  for (const path of ofApp) add(path, "app");
  if (globalFolder !== undefined) add(globalFolder, "global");
  return [...found].map(([path, origin]) => ({ path, origin }));
}

/** Returns the `node_modules` directories in which Node resolves packages from a directory, the nearest first. */
export function moduleFoldersAbove(folder: string): readonly string[] {
  const found: string[] = [];
  for (let current = resolve(folder); ; current = dirname(current)) {
    // Node skips `node_modules/node_modules`.
    if (!/[\\/]node_modules$/.test(current)) found.push(join(current, "node_modules"));
    if (dirname(current) === current) return found;
  }
}
