import { AxioError } from "axio";
import { expect, it } from "vitest";
import { errorRemedy } from "../../src/conversation/error-remedy.ts";

const USAGE_URL = "https://chatgpt.com/settings/usage";

it("leads from a used-up plan to where it is managed, and names that page once", () => {
  const limit = new AxioError("usage-limit", "The usage limit of the account is reached.");
  expect(errorRemedy(limit, USAGE_URL)).toMatch(/^Manage usage: https:\S+settings\/usage /);
  const named = new AxioError("usage-limit", `Manage usage: ${USAGE_URL}. It is used up.`);
  expect(errorRemedy(named, USAGE_URL)).toMatch(/^\/model/);
  expect(errorRemedy(limit, undefined)).toMatch(/^\/usage/);
});

it("leads to the sign-in where a plan may not be used", () => {
  expect(errorRemedy(new AxioError("plan-use-off", "The plan is not used."), USAGE_URL)).toContain("/login");
});
