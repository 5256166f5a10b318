import { AxioError } from "axio";
import { expect, it } from "vitest";
import { errorRemedy } from "../../src/conversation/app-error.ts";

const USAGE_URL = "https://chatgpt.com/settings/usage";

it("names the page to manage usage for a usage limit, once", () => {
  const limit = new AxioError("usage-limit", "The usage limit of the account is reached.");
  expect(errorRemedy(limit, USAGE_URL)).toMatch(/^Manage usage: https:\S+settings\/usage /);
  const named = new AxioError("usage-limit", `Manage usage: ${USAGE_URL}. It is used up.`);
  expect(errorRemedy(named, USAGE_URL)).toMatch(/^\/model/);
  expect(errorRemedy(limit, undefined)).toMatch(/^\/usage/);
});

it("suggests to sign in if a plan may not be used", () => {
  expect(errorRemedy(new AxioError("not-entitled", "The plan is not used."), USAGE_URL)).toContain("/login");
});
