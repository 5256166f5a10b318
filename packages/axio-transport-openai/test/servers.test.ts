import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { SERVERS } from "../src/index.ts";
import { drawServersPage } from "./servers/page.ts";
import { SECTIONS } from "./servers/sentences.ts";

for (const { title, sentences } of SECTIONS) {
  describe(title, () => {
    for (const { text, check } of sentences) test(text, check);
  });
}

test("each server has a section", () => {
  expect(SECTIONS.flatMap(({ server }) => server ?? []).sort()).toEqual(Object.keys(SERVERS).sort());
});

test("docs/servers.md has these sentences, and no others", async () => {
  const path = new URL("../../../docs/servers.md", import.meta.url).pathname;
  await expect(drawServersPage()).toMatchFileSnapshot(path);
});

test("the README lists each preset", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const [, list = ""] = /^Presets: (.*?)\. /m.exec(readme) ?? [];
  const names = [...list.matchAll(/`(.*?)`/g)].map(([, name]) => name);
  expect(names.sort()).toEqual(Object.keys(SERVERS).sort());
});
