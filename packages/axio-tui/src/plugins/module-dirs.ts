import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { PluginOrigin } from "./found-plugins.ts";
import { globalModuleDir, type NpmEnvironment } from "./global-dir.ts";

/** A `node_modules` directory. */
export interface ModuleDir {
  readonly path: string;
  readonly origin: PluginOrigin;
}

/** Where to find plugins. */
export interface SearchPlaces extends NpmEnvironment {
  /** The working directory of the app. */
  readonly cwd: string;
  /** The directory of the app's package. */
  readonly appDir: string;
}

/**
 * Returns the directories with packages, the nearest to the project first. A directory of the project from which the app runs
 * has the origin `app`: the user chose its code by starting the app.
 */
export async function moduleDirs(places: SearchPlaces): Promise<readonly ModuleDir[]> {
  const ofApp = moduleDirsAbove(places.appDir).filter((path) =>
    // Not every directory above it: any user may write to one for temporary files.
    existsSync(join(path, basename(places.appDir))),
  );
  const globalDir = await globalModuleDir(places);
  const found = new Map<string, PluginOrigin>();
  const add = (path: string, origin: PluginOrigin): void => {
    if (!found.has(path))
      found.set(path, ofApp.includes(path) ? "app" : path === globalDir ? "global" : origin);
  };
  for (const path of moduleDirsAbove(places.cwd)) add(path, "project");
  for (const path of ofApp) add(path, "app");
  if (globalDir !== undefined) add(globalDir, "global");
  return [...found].map(([path, origin]) => ({ path, origin }));
}

/** Returns the `node_modules` directories in which Node resolves packages from a directory, the nearest first. */
export function moduleDirsAbove(directory: string): readonly string[] {
  const found: string[] = [];
  for (let current = resolve(directory); ; current = dirname(current)) {
    // Node skips `node_modules/node_modules`.
    if (!/[\\/]node_modules$/.test(current)) found.push(join(current, "node_modules"));
    if (dirname(current) === current) return found;
  }
}
