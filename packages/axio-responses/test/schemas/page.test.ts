import { readFile } from "node:fs/promises";
import { AxioError, type JsonObject } from "axio";
import { findRefusal } from "axio-simulator";
import { describe, expect, test } from "vitest";
import { buildRequestBody } from "../../src/index.ts";
import { CONSTRUCTS } from "./constructs.ts";
import { toolWith, withTables } from "./page.ts";

// `npx vitest run packages/axio-responses/test/schemas/page.test.ts -u` updates the page.
test("docs/schemas.md states what becomes of each construct", async () => {
  const path = new URL("../../../../docs/schemas.md", import.meta.url).pathname;
  await expect(withTables(await readFile(path, "utf8"))).toMatchFileSnapshot(path);
});

describe.each(CONSTRUCTS)("class 6: $title", (group) => {
  const codes = [...group.property.map((code) => group.wrap(code)), ...group.root];

  test.each(codes)("%s is accepted in both modes, or refused when the tool is defined", (code) => {
    for (const strict of [true, false]) {
      try {
        const tools = [toolWith(group, code, strict)];
        const body = buildRequestBody({ model: "m", system: "s", messages: [], tools });
        const input = [{ type: "message", role: "user", content: "Hi" }];
        expect(findRefusal({ ...JSON.parse(JSON.stringify(body)), input } as JsonObject)).toBeUndefined();
      } catch (error) {
        if (!AxioError.is(error, "tool-schema")) throw error;
      }
    }
  });
});
