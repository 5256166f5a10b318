// Publishes all packages to a registry on this machine, then does what a new user does with them in an empty folder. Needs a
// build (`npm run release:rehearse` runs one) and the npm registry, for the packages of others.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalRegistry } from "./release/local-registry.ts";
import { publishAll } from "./release/publish-all.ts";
import { strangerPath } from "./stranger/stranger-path.ts";

const REPOSITORY = "https://example.org/rehearsal/axio";

const folder = await mkdtemp(join(tmpdir(), "axio-rehearsal-"));
try {
  await using registry = await startLocalRegistry();
  const { url, env } = registry;
  // Provenance is stated by the CI of the repository only.
  await publishAll({ repository: REPOSITORY, registry: url, publishArgs: ["--provenance=false"], env });
  const project = join(folder, "my-agent");
  await mkdir(project);
  await strangerPath(project, env);
  await checkFacts(join(project, "node_modules/axio-transport-codex"));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function checkFacts(installed: string): Promise<void> {
  const { repository, homepage, bugs, keywords } = JSON.parse(
    await readFile(join(installed, "package.json"), "utf8"),
  ) as Record<string, unknown>;
  const facts = JSON.stringify({ repository, homepage, bugs });
  if (facts.split(REPOSITORY).length !== 4 || !Array.isArray(keywords))
    throw new Error(`The facts are ${facts}.`);
  const readme = await readFile(join(installed, "README.md"), "utf8");
  const relative = readme.match(/\]\((?!https?:|#)[^)]+\)/g) ?? [];
  if (relative.length > 0)
    throw new Error(`These links do not work on a registry's page: ${relative.join(", ")}`);
  console.log(`ok  facts of the package: ${facts}`);
}
