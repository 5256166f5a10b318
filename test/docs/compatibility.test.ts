import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

it("the page of compatibility names only what a check covers, with its results", {
  timeout: 60_000,
}, async () => {
  const tsx = resolve(root, "node_modules/tsx/dist/cli.mjs");
  const args = [tsx, "--conditions=axio-source", "scripts/compatibility.ts", "--check"];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(stderr).toBe("");
});
