import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { FAILURES } from "./sign-in-failures.ts";

/** One row of the tables of docs/sign-in.md: what the person sees, with `…` for what differs, and in bold what to do. */
interface Row {
  readonly failure: string;
  readonly code: string;
  readonly words: string;
}

const page = await readFile(new URL("../../../docs/sign-in.md", import.meta.url), "utf8");
const [, part = ""] = /<!-- failures -->(.*)<!-- end of failures -->/s.exec(page) ?? [];
const rows: readonly Row[] = part
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\|\s*(?:-|What happens)/.test(line))
  .map((line) => {
    const [failure = "", code = "", words = ""] = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return { failure, code: code.replaceAll("`", ""), words };
  });

test("docs/sign-in.md has a row for each failure that can be made to happen, and no other", () => {
  expect(rows.map(({ failure }) => failure)).toEqual(Object.keys(FAILURES));
});

test.each(rows.map((row) => [row.failure, row] as const))("%s", async (failure, { code, words }) => {
  const drive = FAILURES[failure];
  expect(drive).toBeDefined();
  const seen = await drive?.();
  expect(seen).toMatchObject({ code, message: expect.stringMatching(patternOf(words)) });
  // Whoever pressed Ctrl-C needs no advice.
  if (code !== "aborted") expect(words, "says what to do").toMatch(/\*\*.+\*\*/);
});

/** The words as a pattern. */
function patternOf(words: string): RegExp {
  const parts = words
    .replaceAll("**", "")
    .replaceAll("\\|", "|")
    .split("…")
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`, "s");
}
