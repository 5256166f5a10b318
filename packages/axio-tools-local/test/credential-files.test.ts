import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JsonValue } from "axio";
import { callTool } from "test-support/call-tools";
import { describe, expect, it } from "vitest";
import { localTools } from "../src/index.ts";
import { workspace } from "./support/workspace.ts";

const SECRET = "sk-a-secret-of-the-user";

/** The tools in a home directory, and a file in it. */
async function home(file: string, env: Readonly<Record<string, string>> = {}, credentialFiles?: string[]) {
  const { directory } = await workspace();
  const path = join(directory, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${SECRET}\n`);
  const requests: unknown[] = [];
  const variables = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, join(directory, value)]),
  );
  const tools = localTools({
    directory,
    credentialFiles,
    env: { ...process.env, ...variables, HOME: directory },
    requestPermission: async (request) => {
      requests.push(request);
      return { allowed: true };
    },
  });
  const call = (name: string, input: JsonValue) => callTool(tools, name, input);
  return { directory, call, requests };
}

describe("a credential file in the home directory", () => {
  it.each([
    [".config/axio/codex.json"],
    [".config/axio/codex/work.json"],
    ["Library/Application Support/axio/chatgpt.json"],
    [".codex/auth.json"],
    [".ssh/id_ed25519"],
    [".ssh/keys/work"],
    [".gnupg/private-keys-v1.d/a.key"],
    [".aws/credentials"],
    [".netrc"],
    [".NETRC"],
    [".npmrc"],
    [".git-credentials"],
    [".kube/config"],
    [".docker/config.json"],
    [".local/share/keyrings/login.keyring"],
    ["project/.env"],
    ["project/.env.production"],
    ["project/deploy/id_rsa"],
    ["project/.npmrc"],
  ])("%s is neither read, searched, nor changed", async (file) => {
    const { call, requests } = await home(file);
    const calls = [
      await call("read_file", { path: file }),
      await call("search_files", { pattern: "sk-", includeIgnored: true }),
      await call("search_files", { pattern: "sk-", path: dirname(file), includeIgnored: true }),
      await call("search_files", { pattern: "sk-", path: file }),
      await call("write_file", { path: file, content: "replaced" }),
      await call("patch_file", { path: file, edits: [{ old: SECRET, new: "replaced" }] }),
    ];
    for (const { text } of calls) expect(text).not.toContain(SECRET);
    expect(calls[0]?.text).toContain('to "credentialFiles" in the settings');
    expect(requests).toEqual([]);
  });

  it.each([
    ["XDG_CONFIG_HOME", "moved/axio/codex.json"],
    ["CODEX_HOME", "moved/auth.json"],
    ["GNUPGHOME", "moved/private.key"],
  ])("is protected where %s moves it", async (variable, file) => {
    const { call } = await home(file, { [variable]: "moved" });
    expect((await call("read_file", { path: file })).text).not.toContain(SECRET);
  });

  it("is protected behind a link", async () => {
    const { directory, call } = await home(".ssh/id_work");
    await symlink(".ssh/id_work", join(directory, "notes.md"));
    expect((await call("read_file", { path: "notes.md" })).text).not.toContain(SECRET);
  });
});

describe("the list of credential files", () => {
  it.each([
    [".ssh/config"],
    [".ssh/id_ed25519.pub"],
    [".env.example"],
    ["src/environment.ts"],
    ["axio/codex.json"],
  ])("does not contain %s", async (file) => {
    const { call } = await home(file);
    expect((await call("read_file", { path: file })).text).toContain(SECRET);
  });

  it("can be changed in both directions", async () => {
    const allowing = await home("project/.env", {}, ["!.env"]);
    expect((await allowing.call("read_file", { path: "project/.env" })).text).toContain(SECRET);
    const adding = await home("project/secrets/a.txt", {}, ["secrets/"]);
    expect((await adding.call("read_file", { path: "project/secrets/a.txt" })).text).not.toContain(SECRET);
    const inHome = await home("vault/a.txt", {}, ["~/vault/**"]);
    expect((await inHome.call("read_file", { path: "vault/a.txt" })).text).not.toContain(SECRET);
  });
});
