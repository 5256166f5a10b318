// Packs every public package, checks the tarballs, installs them together in an empty directory and uses them like a user.
// Needs a build (`npm run check:packages` runs one) and the npm registry.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPublicPackages } from "test-support/workspace/public-packages";
import { checkBundles } from "./check-packages/check-bundles.ts";
import { checkConsumer } from "./check-packages/check-consumer.ts";
import { checkPlugins } from "./check-packages/check-plugins.ts";
import { checkTarball } from "./check-packages/check-tarball.ts";
import { installedSizes } from "./check-packages/installed-sizes.ts";
import { runCommand } from "./check-packages/run-command.ts";

const folder = await mkdtemp(join(tmpdir(), "axio-packages-"));
try {
  const packages = await readPublicPackages();
  const tarballs: string[] = [];
  for (const pack of packages) {
    tarballs.push(await checkTarball(pack, folder));
    console.log(`ok  ${pack.name}: contents, publint, types`);
  }
  await runCommand("npm", ["init", "--yes"], folder);
  await runCommand("npm", ["install", "--no-audit", "--no-fund", ...tarballs], folder);
  console.log(`ok  ${packages.length} tarballs installed together`);
  await checkConsumer(packages, folder);
  await checkBundles(folder);
  console.log(`\nInstalled for a user (kB):\n${await installedSizes(folder)}\n`);
  await checkPlugins(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
