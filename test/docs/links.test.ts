import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
  ...readdirSync(join(root, "packages"))
    .map((name) => join("packages", name, "README.md"))
    .filter((page) => existsSync(join(root, page))),
];

it("links to existing files", () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#)(?<path>[^)#]+)/g)]
      .map((match) => match.groups?.["path"] ?? "")
      .filter((path) => !existsSync(join(root, dirname(page), path)))
      .map((path) => `${page}: ${path}`),
  );
  expect(broken).toEqual([]);
});

it.each(["CONTRIBUTING.md", "docs/architecture.md"])("%s names existing files", (page) => {
  const named = readFileSync(join(root, page), "utf8").matchAll(
    /`(?<path>(?:packages\/)?axio[\w-]*\/src\/[^`]*)`/g,
  );
  const paths = [...named].map((match) =>
    (match.groups?.["path"] ?? "").replace(/^(?!packages\/)/, "packages/"),
  );
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it("names existing files and directories in the table of CONTRIBUTING.md", () => {
  const table = readFileSync(join(root, "CONTRIBUTING.md"), "utf8").split("## Where to find things")[1] ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("| "));
  const paths = rows.flatMap((row) => [...row.matchAll(/`([^`]*\/[^`]*)`/g)].map(([, path = ""]) => path));
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
