import { writeFile } from "node:fs/promises";
import { ROOT } from "test-support/workspace/public-packages";
import { runCommand } from "../check-packages/run-command.ts";

/** Writes a value as JSON, formatted as `npm run check` expects it. */
export async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, JSON.stringify(value));
  await runCommand("npx", ["--no-install", "biome", "format", "--write", file], ROOT);
}
