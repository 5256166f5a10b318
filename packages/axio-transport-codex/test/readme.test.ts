import { readFile } from "node:fs/promises";
import { DEFAULT_RETRY_POLICY } from "axio-http";
import { expect, test } from "vitest";
import { BASE_URL, DEFAULT_MODEL, ISSUER, ORIGINATOR, TRANSPORT_NAME } from "../src/config.ts";

const DEFAULTS: { readonly [option: string]: string } = {
  model: `\`${DEFAULT_MODEL}\`, else the account's default`,
  baseUrl: `\`${BASE_URL}\``,
  issuer: `\`${ISSUER}\``,
  originator: `\`${ORIGINATOR}\``,
  name: `\`${TRANSPORT_NAME}\``,
  ...Object.fromEntries(
    Object.entries(DEFAULT_RETRY_POLICY).map(([name, value]) => [
      `retry.${name}`,
      typeof value === "number" ? value.toLocaleString("en") : `\`${value}\``,
    ]),
  ),
};

test.each(Object.entries(DEFAULTS))("the README states the default of %s", async (option, value) => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const row = readme.split("\n").find((line) => line.startsWith(`| \`${option}\` |`));
  expect(row?.split("|")[2]?.trim()).toBe(value);
});
