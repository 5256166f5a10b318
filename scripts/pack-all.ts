// Packs the public packages and prints the command that installs them: the way to use them before they are published.
// Run: npm run pack:all -- DIRECTORY [PACKAGE…]. With names, only these packages and the ones they depend on are packed.
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { readPublicPackages } from "test-support/workspace/public-packages";
import { dependencyClosure } from "./check-packages/dependency-closure.ts";
import { packPackage } from "./check-packages/pack-package.ts";

const [directory, ...names] = process.argv.slice(2);
if (directory === undefined) {
  console.error("Usage: npm run pack:all -- DIRECTORY [PACKAGE…]");
  process.exitCode = 2;
} else {
  const folder = resolve(directory);
  await mkdir(folder, { recursive: true });
  const packages = dependencyClosure(await readPublicPackages(), names);
  const tarballs: string[] = [];
  for (const pack of packages) tarballs.push((await packPackage(pack, folder)).path);
  console.error(`Packed ${packages.map(({ name }) => name).join(", ")}. To install them in your project:\n`);
  console.log(
    `npm install ${tarballs.map((path) => (/^[\w./:\\@-]+$/.test(path) ? path : JSON.stringify(path))).join(" ")}`,
  );
}
