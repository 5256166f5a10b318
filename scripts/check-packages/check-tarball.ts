import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type PublicPackage, ROOT } from "test-support/workspace/public-packages";
import { packPackage } from "./pack-package.ts";
import { runCommand } from "./run-command.ts";

const ATTW = fileURLToPath(
  new URL("dist/index.js", import.meta.resolve("@arethetypeswrong/cli/package.json")),
);

/**
 * Packs a package and checks the tarball: its files, publint, arethetypeswrong.
 *
 * @returns The path of the tarball.
 */
export async function checkTarball(pack: PublicPackage, folder: string): Promise<string> {
  const { path: tarball, files } = await packPackage(pack, folder);
  const problems = await contentProblems(pack, files);
  if (problems.length > 0) throw new Error(`The tarball of ${pack.name}:\n- ${problems.join("\n- ")}`);
  await checkManifest(pack, tarball);
  // What `exports` supports: ESM in Node and bundlers.
  await runCommand(process.execPath, [ATTW, tarball, "--profile", "esm-only"], ROOT);
  return tarball;
}

/** The field `browser` takes packages out of a bundle, which `exports` and `imports` cannot. */
const ACCEPTED: readonly string[] = ["USE_EXPORTS_OR_IMPORTS_BROWSER"];

async function checkManifest(pack: PublicPackage, tarball: string): Promise<void> {
  const bytes = await readFile(tarball);
  const found = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
  const { pkg } = found;
  const messages = found.messages.filter(({ code }) => !ACCEPTED.includes(code));
  if (messages.length === 0) return;
  const said = messages.map((message) => formatMessage(message, pkg, { color: false }));
  throw new Error(`publint on ${pack.name}:\n- ${said.join("\n- ")}`);
}

const ALLOWED = /^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|(?:dist|src)\/.+)$/;
const TEST = /(?:^|\/)(?:test|tests|__tests__|fixtures)\/|\.(?:test|spec|test-d)\.|\.tsbuildinfo$/;

async function contentProblems(pack: PublicPackage, files: readonly string[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const path of files) {
    if (!ALLOWED.test(path) || TEST.test(path)) problems.push(`${path} does not belong in the package`);
    // A declaration of a deleted source. Bundles are always rebuilt.
    const source = /^dist\/(.+)\.d\.ts$/.exec(path)?.[1];
    const sources = [`src/${source}.ts`, `src/${source}.tsx`];
    if (source !== undefined && !sources.some((name) => existsSync(join(pack.folder, name)))) {
      problems.push(`${path} has no source: delete dist and build again`);
    }
  }
  for (const path of ["README.md", "LICENSE", ...pack.entryFiles, ...pack.commandFiles]) {
    if (!files.includes(path)) problems.push(`${path} is missing`);
  }
  const licence = join(pack.folder, "LICENSE");
  if (
    existsSync(licence) &&
    (await readFile(licence, "utf8")) !== (await readFile(join(ROOT, "LICENSE"), "utf8"))
  )
    problems.push("LICENSE is another one than the project's");
  return problems;
}
