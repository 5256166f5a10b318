import { readFileSync } from "node:fs";
import type { JsonObject } from "axio";
import type { PluginHost } from "axio/plugin";
import { expect, it } from "vitest";
import { tools } from "../src/plugin.ts";
import { scriptedUser, workspace } from "./support/workspace.ts";

async function host(settings: JsonObject): Promise<PluginHost> {
  const { directory } = await workspace();
  const { requestPermission } = scriptedUser();
  return {
    appName: "Sample Tool",
    cwd: directory,
    settings,
    requestPermission,
    env: {},
    signal: new AbortController().signal,
    onWarning: () => undefined,
  };
}

it("is declared in the manifest", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(manifest.axio).toEqual({ tools: { local: "./plugin#tools" } });
  expect(manifest.exports).toHaveProperty(["./plugin"]);
});

it("opens all tools, or those that the settings name", async () => {
  const names = async (settings: JsonObject): Promise<readonly string[]> =>
    (await tools.open(await host(settings))).tools.map(({ name }) => name);
  expect(await names({})).toEqual([
    "read_file",
    "list_files",
    "search_files",
    "write_file",
    "patch_file",
    "shell",
    "shell_output",
    "shell_stop",
  ]);
  expect(await names({ only: ["shell", "read_file"] })).toEqual(["read_file", "shell"]);
});

it.each([
  [{ only: ["read"] }, 'The setting "only" is ["read"]. Use a list of read_file, list_files,'],
  [{ only: "shell" }, 'The setting "only" is "shell". Use a list of'],
  [{ timeoutSeconds: "60" }, 'The setting "timeoutSeconds" is "60". Use a number of seconds.'],
  [{ sandbox: true }, 'The setting "sandbox" is true. Use "require", "auto" or "off".'],
  [{ sandboxNetwork: "no" }, 'The setting "sandboxNetwork" is "no". Use true or false.'],
  [{ keepVariables: "CI" }, 'The setting "keepVariables" is "CI". Use a list of names'],
  [{ timeoutSeconds: -1 }, "The timeout is -1 seconds. Use a number above 0 and up to 3600."],
  [{ timeout: 60 }, 'The setting "timeout" does not exist. The settings are "only", "timeoutSeconds", '],
  [{ credentialFiles: "!.env" }, 'The setting "credentialFiles" is "!.env". Use a list of patterns'],
])("reports an invalid setting and a valid one: %j", async (settings, message) => {
  const wrong = await host(settings);
  expect(() => tools.open(wrong)).toThrow(message);
});

it("rejects a missing directory", async () => {
  const missing = { ...(await host({})), cwd: "/nowhere/at/all" };
  expect(() => tools.open(missing)).toThrow(
    '"/nowhere/at/all" is not a directory. Use the path of an existing directory.',
  );
});
