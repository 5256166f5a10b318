import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { allCommands } from "../src/commands/command-table.ts";

const COMMANDS = allCommands([]);

it.each(COMMANDS.map(({ name }) => name))("the README describes /%s", async (name) => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").filter((line) => line.startsWith("| `/"));
  expect(rows.filter((row) => new RegExp(`\`/${name}\\b`).test(row))).toHaveLength(1);
});

it("no two commands have a name in common", () => {
  const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect([...new Set(names)]).toEqual(names);
});
