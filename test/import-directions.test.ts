import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readPublicPackages } from "test-support/workspace/public-packages";
import { expect, it } from "vitest";

const RELATIVE_IMPORT = /(?:from|import\()\s*"(\.[^"]+)"/g;

/** Returns the directories of a package that a directory imports from, each with a file that does. */
function importsOf(source: string): ReadonlyMap<string, string> {
  const imports = new Map<string, string>();
  for (const path of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!path.endsWith(".ts")) continue;
    for (const [, target = ""] of readFileSync(join(source, path), "utf8").matchAll(RELATIVE_IMPORT))
      imports.set(`${dirname(path)} ${relative(source, join(source, dirname(path), dirname(target)))}`, path);
  }
  return imports;
}

/** Whether two directories are apart: neither is the root, and none contains the other. */
function areApart(left: string, right: string): boolean {
  return (
    left !== "." && right !== "" && !`${right}/`.startsWith(`${left}/`) && !`${left}/`.startsWith(`${right}/`)
  );
}

it("directories of a package import each other in one direction, except in the simulator", async () => {
  const found: string[] = [];
  for (const { name, folder } of await readPublicPackages()) {
    if (name === "axio-simulator") continue;
    const imports = importsOf(join(folder, "src"));
    for (const [edge, file] of imports) {
      const [from = "", to = ""] = edge.split(" ");
      if (areApart(from, to) && imports.has(`${to} ${from}`))
        found.push(`${name}: ${from} and ${to}, in ${file}`);
    }
  }
  expect(found).toEqual([]);
});
