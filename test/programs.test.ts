import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const PACKAGES = join(import.meta.dirname, "..", "packages");

it("no package starts Git, which runs what a folder configures", () => {
  const starts =
    /\b(?:spawn|spawnSync|execFile|execFileSync|exec|execSync|fork|promisify\(execFile\))\)?\(\s*["'`]git\b/;
  const found = readdirSync(PACKAGES)
    .filter((name) => name.startsWith("axio"))
    .flatMap((name) =>
      readdirSync(join(PACKAGES, name, "src"), { recursive: true, encoding: "utf8" }).map((file) =>
        join(PACKAGES, name, "src", file),
      ),
    )
    .filter((file) => file.endsWith(".ts") && starts.test(readFileSync(file, "utf8")));
  expect(found).toEqual([]);
});
