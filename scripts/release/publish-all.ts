import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PublicPackage, readPublicPackages } from "test-support/workspace/public-packages";
import { runCommand } from "../check-packages/run-command.ts";
import { inDependencyOrder } from "./dependency-order.ts";
import { stagePackage } from "./stage-package.ts";

/** A release. */
export interface Release {
  /** The web address of the repository. */
  readonly repository: string;
  /** The registry to publish to. */
  readonly registry: string;
  /** More arguments of `npm publish`. */
  readonly publishArgs: readonly string[];
  /** Variables of npm in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Publishes all public packages, each after the ones that it depends on. A package whose version is published is left out, so a
 * release that failed half way is completed by repeating it. Needs a build.
 */
export async function publishAll({ repository, registry, publishArgs, env = {} }: Release): Promise<void> {
  const packages = inDependencyOrder(await readPublicPackages());
  const versions = new Set(packages.map(({ version }) => version));
  if (versions.size !== 1)
    throw new Error(`The packages have several versions: ${[...versions].join(", ")}.`);
  const folder = await mkdtemp(join(tmpdir(), "axio-release-"));
  try {
    for (const pack of packages) {
      const id = `${pack.name}@${pack.version}`;
      if (await isPublished(pack, registry)) {
        console.log(`--  ${id} is published`);
        continue;
      }
      const staged = await stagePackage(pack, folder, { repository, tag: `v${pack.version}` });
      const args = ["publish", staged, "--registry", registry, "--ignore-scripts", ...publishArgs];
      await runCommand("npm", args, folder, env);
      console.log(`ok  ${id} published`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isPublished({ name, version }: PublicPackage, registry: string): Promise<boolean> {
  const response = await fetch(`${registry.replace(/\/$/, "")}/${name}`);
  if (response.status === 404) return false;
  if (!response.ok) throw new Error(`${registry} answered ${response.status} for ${name}.`);
  const { versions = {} } = (await response.json()) as {
    readonly versions?: Readonly<Record<string, unknown>>;
  };
  return version in versions;
}
