import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const DOCUMENT = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));

/** Writes a result to its section of docs/benchmarks.md: between `<!-- NAME -->` and `<!-- /NAME -->`. */
export async function writeReport(name: string, report: string): Promise<void> {
  const section = new RegExp(`(?<=<!-- ${name} -->\\n).*(?=<!-- /${name} -->)`, "s");
  const text = await readFile(DOCUMENT, "utf8");
  if (!section.test(text)) throw new Error(`${DOCUMENT} has no section for the ${name}.`);
  await writeFile(
    DOCUMENT,
    text.replace(section, () => `\n${report.trim()}\n\n`),
  );
}
