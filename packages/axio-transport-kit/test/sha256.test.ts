import { expect, test } from "vitest";
import { sha256 as nodeSha256 } from "../src/node-sha256.ts";
import { sha256 as portableSha256 } from "../src/portable-sha256.ts";

test.each([
  // The vectors of FIPS 180-2.
  ["", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"],
  ["abc", "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"],
])("%j has the same hash in every runtime", (text, hash) => {
  expect([nodeSha256(text), portableSha256(text)]).toEqual([hash, hash]);
});

test("a text of several bytes a character has the same hash in every runtime", () => {
  const text = `Zwölf 👋 \ud83d ${"x".repeat(1_000)}`;
  expect(portableSha256(text)).toBe(nodeSha256(text));
});
