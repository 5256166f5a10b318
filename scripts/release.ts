// Publishes all packages. Needs a build (`npm run release` runs one), a clean checkout at the tag of the version, and a changelog
// with the date of the version. Run: npm run release -- --repository https://github.com/OWNER/NAME [--registry URL] [--dry-run]
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, readPublicPackages } from "test-support/workspace/public-packages";
import { runCommand } from "./check-packages/run-command.ts";
import { publishAll } from "./release/publish-all.ts";

const { values } = parseArgs({
  options: {
    repository: { type: "string" },
    registry: { type: "string", default: "https://registry.npmjs.org" },
    "dry-run": { type: "boolean", default: false },
  },
});
const { repository = "", registry } = values;
const isDryRun = values["dry-run"];
const problems = await findProblems();
if (problems.length > 0) {
  console.error(`Nothing was published:\n- ${problems.join("\n- ")}`);
  process.exitCode = 1;
} else {
  await publishAll({ repository, registry, publishArgs: isDryRun ? ["--dry-run"] : [] });
}

async function findProblems(): Promise<readonly string[]> {
  const [first] = await readPublicPackages();
  const version = first?.version ?? "";
  const found: string[] = [];
  if (!/^https:\/\/[^/\s]+\/\S*[^/]$/.test(repository))
    found.push("State the web address of the repository: --repository https://github.com/OWNER/NAME.");
  if (isDryRun) return found;
  if ((await runCommand("git", ["status", "--porcelain"], ROOT)) !== "")
    found.push("The checkout has changes that are not committed.");
  if (!(await runCommand("git", ["tag", "--points-at", "HEAD"], ROOT)).split("\n").includes(`v${version}`))
    found.push(`The commit has no tag v${version}.`);
  const heading = (await readFile(join(ROOT, "CHANGELOG.md"), "utf8"))
    .split("\n")
    .find((line) => line.startsWith(`## ${version} `));
  if (heading === undefined || !/\d{4}-\d{2}-\d{2}/.test(heading))
    found.push(`CHANGELOG.md has no heading "## ${version} (YYYY-MM-DD)".`);
  return found;
}
