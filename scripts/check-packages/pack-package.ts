import { join } from "node:path";
import type { PublicPackage } from "test-support/workspace/public-packages";
import { runCommand } from "./run-command.ts";

/** A packed package. */
export interface Tarball {
  /** The absolute path. */
  readonly path: string;
  /** The files in it, relative to the package. */
  readonly files: readonly string[];
}

/** Packs a package as `npm publish` would. Needs a build. */
export async function packPackage(pack: PublicPackage, folder: string): Promise<Tarball> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [report] = JSON.parse(await runCommand("npm", args, pack.folder)) as readonly {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  if (report === undefined) throw new Error(`npm packed nothing for ${pack.name}.`);
  return { path: join(folder, report.filename), files: report.files.map(({ path }) => path) };
}
