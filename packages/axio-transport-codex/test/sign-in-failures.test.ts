import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { FAILURES } from "./sign-in-failures.ts";

/** A row of the tables in docs/sign-in.md. In the message, `…` stands for varying text, and what to do is in bold. */
interface Row {
  readonly failure: string;
  readonly code: string;
  readonly message: string;
}

const page = await readFile(new URL("../../../docs/sign-in.md", import.meta.url), "utf8");
const [, part = ""] = /<!-- failures -->(.*)<!-- end of failures -->/s.exec(page) ?? [];
const rows: readonly Row[] = part
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\|\s*(?:-|What happens)/.test(line))
  .map((line) => {
    const [failure = "", code = "", message = ""] = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    return { failure, code: code.replaceAll("`", ""), message };
  });

test("docs/sign-in.md has exactly the rows of FAILURES", () => {
  expect(rows.map(({ failure }) => failure)).toEqual(Object.keys(FAILURES));
});

test.each(rows.map((row) => [row.failure, row] as const))("%s", async (failure, { code, message }) => {
  const drive = FAILURES[failure];
  expect(drive).toBeDefined();
  const seen = await drive?.();
  expect(seen).toMatchObject({ code, message: expect.stringMatching(patternOf(message)) });
  // A user who pressed Ctrl-C needs no advice.
  if (code !== "aborted") expect(message, "says what to do").toMatch(/\*\*.+\*\*/);
});

/** Returns a pattern for a message. */
function patternOf(message: string): RegExp {
  const parts = message
    .replaceAll("**", "")
    .replaceAll("\\|", "|")
    .split("…")
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".+")}$`, "s");
}
