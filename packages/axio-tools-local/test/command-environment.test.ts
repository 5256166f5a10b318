import { callTool } from "test-support/call-tools";
import { describe, expect, it } from "vitest";
import { type LocalToolsOptions, localTools } from "../src/index.ts";
import { commandEnvironment } from "../src/shell/command-environment.ts";
import { workspace } from "./support/workspace.ts";

const env = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "value"]));
const DISABLED = ["GIT_PAGER", "GIT_TERMINAL_PROMPT", "NO_COLOR", "PAGER", "TERM"];
const kept = (names: readonly string[], rules = {}) =>
  Object.keys(commandEnvironment(env(...names), rules)).filter((name) => !DISABLED.includes(name));

describe("the environment of a command", () => {
  it("has no secrets", () => {
    const secrets = [
      "OPENAI_API_KEY",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_ACCESS_KEY_ID",
      "AWS_SESSION_TOKEN",
      "GITHUB_TOKEN",
      "github_token",
      "TOKEN",
      "NPM_CONFIG__AUTHTOKEN",
      "npm_config__auth",
      "CLIENT_SECRET",
      "DB_PASSWORD",
      "PGPASSWORD",
      "MYSQL_PWD",
      "SIGNING_PASSPHRASE",
      "GOOGLE_APPLICATION_CREDENTIALS",
      "AXIO_HOME",
    ];
    expect(kept(secrets)).toEqual([]);
  });

  it("has everything else", () => {
    const names = [
      "PATH",
      "HOME",
      "PWD",
      "OLDPWD",
      "LANG",
      "KEYBOARD",
      "TOKENIZERS_PARALLELISM",
      "GIT_ASKPASS",
      "CI",
    ];
    expect(kept(names)).toEqual(names);
  });

  it("has what the user keeps, and not what the user excludes", () => {
    expect(kept(["NPM_TOKEN", "CI"], { keep: ["NPM_*"] })).toEqual(["NPM_TOKEN", "CI"]);
    expect(kept(["NPM_TOKEN", "MY_CI_ID"], { exclude: ["*_CI_*"] })).toEqual(["NPM_TOKEN"]);
    expect(kept(["NPM_TOKEN"], { exclude: [] })).toEqual(["NPM_TOKEN"]);
  });

  it.each<[string, Partial<LocalToolsOptions>, string]>([
    ["by default", {}, "[]"],
    ["with a list", { excludeVariables: ["A_*"] }, "[key]"],
    ["with exceptions", { keepVariables: ["B_KEY"] }, "[key]"],
  ])("is that of the shell tool: %s", async (_, options, expected) => {
    const { directory } = await workspace();
    const tools = localTools({
      directory,
      requestPermission: async () => ({ allowed: true }),
      env: { PATH: process.env["PATH"], B_KEY: "key" },
      ...options,
    });
    const { text } = await callTool(tools, "shell", { command: 'echo "[$B_KEY]"' });
    expect(text).toBe(`${expected}\n[Exit code 0]`);
  });

  it("takes linear time for any pattern", () => {
    const pattern = `${"*A".repeat(5_000)}*B`;
    expect(kept(["A".repeat(50_000)], { exclude: [pattern] })).toHaveLength(1);
  });
});
