import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type PublicPackage, ROOT } from "test-support/workspace/public-packages";
import { packPackage } from "../check-packages/pack-package.ts";
import { runCommand } from "../check-packages/run-command.ts";
import { absoluteLinks, publishedManifest, type Source } from "./published-facts.ts";

/**
 * Prepares a package for publishing in a directory of its own: the packed files, with the facts that only a release knows.
 *
 * @returns The directory.
 */
export async function stagePackage(pack: PublicPackage, folder: string, source: Source): Promise<string> {
  const staged = join(folder, pack.name);
  await mkdir(staged, { recursive: true });
  const { path } = await packPackage(pack, folder);
  await runCommand("tar", ["-xzf", path, "--strip-components=1", "-C", staged], folder);
  const directory = relative(ROOT, pack.folder).replaceAll("\\", "/");
  const manifest = join(staged, "package.json");
  const facts = JSON.parse(await readFile(manifest, "utf8")) as Record<string, unknown>;
  await writeFile(manifest, `${JSON.stringify(publishedManifest(facts, directory, source), undefined, 2)}\n`);
  const readme = join(staged, "README.md");
  await writeFile(readme, absoluteLinks(await readFile(readme, "utf8"), directory, source));
  return staged;
}
