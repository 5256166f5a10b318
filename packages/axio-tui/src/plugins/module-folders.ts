import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { PluginOrigin } from "./found-plugins.ts";
import { globalModuleFolder } from "./global-folder.ts";

/** A folder `node_modules` to look into. */
export interface ModuleFolder {
  readonly path: string;
  readonly origin: PluginOrigin;
}

/** What decides where plugins are looked for. */
export interface SearchPlaces {
  /** The folder that the app works in. */
  readonly folder: string;
  /** The folder that the app is installed in. */
  readonly appFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The program `node`. */
  readonly execPath: string;
  readonly home: string;
}

/**
 * The folders that may hold packages, the nearest to the project first. Where the project's own folder is also the one
 * that the app runs from, it is `app`: whoever started the app has chosen its code.
 */
export async function moduleFolders(places: SearchPlaces): Promise<readonly ModuleFolder[]> {
  const ofApp = moduleFoldersAbove(places.appFolder).filter((path) =>
    // Not any folder above it: the one for temporary files is above much, and anybody may write there.
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

/** The folders `node_modules` that Node would look into from a folder, the nearest first. */
export function moduleFoldersAbove(folder: string): readonly string[] {
  const found: string[] = [];
  for (let current = resolve(folder); ; current = dirname(current)) {
    // A package lies in node_modules itself.
    if (!/[\\/]node_modules$/.test(current)) found.push(join(current, "node_modules"));
    if (dirname(current) === current) return found;
  }
}
