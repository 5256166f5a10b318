import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withTables } from "./fault-matrix/errors-page.ts";

// `npx vitest run packages/axio-transport-codex/test/errors-page.test.ts -u` updates the page.
test("docs/errors.md states the results of the fault matrix", async () => {
  const path = new URL("../../../docs/errors.md", import.meta.url).pathname;
  await expect(withTables(await readFile(path, "utf8"))).toMatchFileSnapshot(path);
});
