// Writes docs/compatibility.md from the results of `npm run test:runtimes -- --write` and `npm run check:bundlers -- --write`,
// and from the tests that it names. With `--check` it only reports what does not fit, for a test.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "test-support/workspace/public-packages";
import { BUNDLERS } from "./bundlers/bundlers.ts";
import { BROWSER, FRAMEWORKS } from "./compatibility/evidence.ts";
import { renderCompatibility } from "./compatibility/render.ts";
import { RESULTS_FILE, type Results } from "./compatibility/results.ts";
import { readRuntimeResults } from "./compatibility/runtime-results.ts";
import { CASES } from "./runtimes/cases.ts";
import { RUNTIMES } from "./runtimes/runtimes.ts";

const PAGE = join(ROOT, "docs/compatibility.md");
const runtimeResults = await readRuntimeResults();
const results = JSON.parse(await readFile(RESULTS_FILE, "utf8")) as Results;
const frameworks = await Promise.all(
  FRAMEWORKS.map(async (evidence) => ({
    ...evidence,
    version: await versionOf(evidence.package, evidence.of),
  })),
);
const page = renderCompatibility({ results, runtimeResults, frameworks, browser: BROWSER });
const problems = await findProblems();
if (!process.argv.includes("--check")) await writeFile(PAGE, page);
else if ((await readFile(PAGE, "utf8")) !== page)
  problems.push("docs/compatibility.md is not what `npm run compatibility` writes.");
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

async function findProblems(): Promise<string[]> {
  const found: string[] = [];
  const checked = results.bundlers.map(({ name }) => name);
  if (checked.join() !== BUNDLERS.map(({ name }) => name).join())
    found.push(
      "The results have other bundlers than scripts/bundlers. Run `npm run check:bundlers -- --write`.",
    );
  const runtimes = runtimeResults.map(({ name }) => name);
  const cases = CASES.map(({ name }) => name).sort();
  const isSameSuite = runtimeResults.every(
    ({ passed, failed }) => [...passed, ...failed].sort().join() === cases.join(),
  );
  if (runtimes.join() !== RUNTIMES.map(({ name }) => name).join() || !isSameSuite)
    found.push(
      "The results have other runtimes or cases than scripts/runtimes. Run `npm run test:runtimes -- --write`.",
    );
  for (const { name, failed } of runtimeResults)
    for (const failure of failed) found.push(`${failure} failed on ${name}.`);
  for (const { name, isOk } of results.bundlers) if (!isOk) found.push(`${name} failed.`);
  for (const { file, title, name } of [...FRAMEWORKS, BROWSER]) {
    const path = join(ROOT, file);
    if (!existsSync(path) || !(await readFile(path, "utf8")).includes(title))
      found.push(`${name}: ${file} has no ${JSON.stringify(title)}.`);
  }
  return found;
}

/** The version that the tests use. */
async function versionOf(name: string, of: string | undefined): Promise<string> {
  const places = [...(of === undefined ? [] : [join(ROOT, "packages", of)]), ROOT];
  const manifest = places.map((place) => join(place, "node_modules", name, "package.json")).find(existsSync);
  if (manifest === undefined) throw new Error(`${name} is not installed.`);
  return (JSON.parse(await readFile(manifest, "utf8")) as { readonly version: string }).version;
}
