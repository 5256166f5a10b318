import { resolve } from "node:path";
import { expect, it } from "vitest";
import { findPublicNames } from "./public-names.ts";

const names = findPublicNames(resolve(import.meta.dirname, "../.."));

it("finds the public names", () => {
  expect(names).toContainEqual({ entry: "axio", name: "Agent", isDocumented: true });
  expect(names.length).toBeGreaterThan(200);
});

it("documents every public name", () => {
  const missing = names.filter(({ isDocumented }) => !isDocumented);
  expect(missing.map(({ entry, name }) => `${entry}: ${name}`)).toEqual([]);
});
