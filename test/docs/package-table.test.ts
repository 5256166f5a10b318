import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = resolve(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const packages = readdirSync(join(root, "packages"))
  .map((name) => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest)
  .filter((manifest) => manifest.private !== true);

it.each(packages.map((manifest) => [manifest.name, manifest] as const))(
  "the README lists %s with its runtime dependencies",
  (name, { dependencies, optionalDependencies }) => {
    const row =
      readme.split("\n").find((line) => line.startsWith(`| [\`${name}\`](packages/${name}) |`)) ?? "";
    const listed = [...(row.split("|")[3] ?? "").matchAll(/`([^`]+)`/g)].map(([, dependency]) => dependency);
    const external = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
      (dependency) => !/^axio(?:-|$)/.test(dependency),
    );
    expect(row).not.toBe("");
    expect(listed.sort()).toEqual(external.sort());
  },
);
