import type { PackageContents } from "../trust/folder-contents.ts";
import { hashPackage } from "../trust/hash-package.ts";
import { memberOf, type PlacedPackage } from "./choose-plugins.ts";
import type { PluginProblem } from "./found-plugins.ts";
import { describePlugin, pluginError } from "./plugin-error.ts";
import type { PluginPackage } from "./plugin-package.ts";

/** More packages with plugins are not expected in one project. */
const MAX_PACKAGES = 100;

/** The packages of a project with their hashes, and those that cannot be trusted. */
export interface HashedProject {
  readonly project: readonly PackageContents[];
  /** The directories of packages that must not be used. */
  readonly unusable: ReadonlySet<string>;
  readonly problems: readonly PluginProblem[];
}

/** Determines the content of the packages of a project, to which the trust of the user is bound. */
export async function hashProject(packages: readonly PlacedPackage[]): Promise<HashedProject> {
  const project: PackageContents[] = [];
  const problems: PluginProblem[] = [];
  const unusable = new Set<string>();
  const byDirectory = new Map(packages.map(({ pack }) => [pack.packageDir, pack]));
  for (const pack of byDirectory.values()) {
    const hashed =
      project.length < MAX_PACKAGES
        ? await hashPackage(pack.packageDir)
        : { problem: `the folder has more than ${MAX_PACKAGES} packages with plugins` };
    if ("hash" in hashed) {
      const { declarations, hasExports: _hasExports, ...info } = pack;
      project.push({ ...info, plugins: declarations.map(memberOf), hash: hashed.hash });
    } else {
      unusable.add(pack.packageDir);
      problems.push(unusablePackage(pack, hashed.problem));
    }
  }
  return { project, unusable, problems };
}

/**
 * Determines the content of a package again.
 *
 * @throws AxioError `plugin-failed` if it is not the content that the user trusts.
 */
export async function assertUnchanged(pack: PluginPackage, hash: string): Promise<void> {
  const now = await hashPackage(pack.packageDir);
  if ("hash" in now && now.hash === hash) return;
  throw pluginError(
    describePlugin(pack),
    "its files have changed since axio was started, and you trust only what it was",
    "Start axio again: it asks about the new content.",
  );
}

function unusablePackage(pack: PluginPackage, problem: string): PluginProblem {
  const remedy = "Install it again, or remove it from the project.";
  return { packageName: pack.packageName, error: pluginError(describePlugin(pack), problem, remedy) };
}
