import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PermissionSubject } from "axio/plugin";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/permissions/decide.ts";
import { locatePath } from "../../src/permissions/locate-path.ts";
import { PERMISSION_MODES } from "../../src/permissions/mode.ts";
import { type RuleTexts, toRuleSet } from "../../src/permissions/rule.ts";
import { suggestRules } from "../../src/permissions/suggest-rules.ts";
import { temporaryDirectory } from "../support/project.ts";

const HOME = { cwd: "/home/ada/project", home: "/home/ada" };
const shell = (command: string): PermissionSubject => ({ type: "shell", command });
const write = (path: string): PermissionSubject => ({ type: "write", path });
const read = (path: string): PermissionSubject => ({ type: "read", path });
const mcp = (definitionHash = "0123456789abcdef", isReadOnly = false): PermissionSubject => ({
  type: "mcp",
  server: "files",
  tool: "read_file",
  definitionHash,
  isReadOnly,
});

function action(
  rules: RuleTexts,
  subject: PermissionSubject,
  mode: (typeof PERMISSION_MODES)[number] = "ask",
) {
  return decide(toRuleSet(rules), mode, { subject }, HOME).action;
}

describe("rules for files", () => {
  it.each<[string, PermissionSubject, string]>([
    ["write: src/**", write("src/a.ts"), "allow"],
    ["write: src/**", write("src/deep/a.ts"), "allow"],
    ["write: src/**", write("src/../a.ts"), "ask"],
    ["write: src/**", write("srcs/a.ts"), "ask"],
    ["write: src/*", write("src/deep/a.ts"), "ask"],
    ["write: src/*.ts", write("src/a.ts"), "allow"],
    ["write: src/?.ts", write("src/ab.ts"), "ask"],
    ["write: **/*.md", write("docs/a/b.md"), "allow"],
    ["write: **/*.md", write("a.md"), "allow"],
    ["write: *", write("a.md"), "allow"],
    ["write: *", write("docs/a.md"), "ask"],
    ["write: **", write("docs/a.md"), "allow"],
    ["write: **", write("/etc/passwd"), "ask"],
    ["write: **", write("../a.md"), "ask"],
    ["write: **", write(".git/config"), "ask"],
    ["write: **", write("a/.axio/settings.json"), "ask"],
    ["write: .axio/*", write(".axio/settings.json"), "allow"],
    ["write: ~/notes/*", write("/home/ada/notes/a.md"), "allow"],
    ["write: /home/ada/project/a.md", write("a.md"), "allow"],
    ["read: src/**", write("src/a.ts"), "ask"],
    ["read: **", read("a.ts"), "allow"],
  ])("%s for %j: %s", (rule, subject, expected) => {
    expect(action({ allow: [rule] }, subject)).toBe(expected);
  });

  it("are decided by the strictest rule", () => {
    const rules = { allow: ["write: **"], ask: ["write: docs/**"], deny: ["write: docs/secret/**"] };
    expect(action(rules, write("a.md"))).toBe("allow");
    expect(action(rules, write("docs/a.md"))).toBe("ask");
    expect(action(rules, write("docs/secret/a.md"))).toBe("deny");
  });
});

describe("a rule that names a symbolic link", () => {
  it("denies and asks about the place to which it leads, however that is named", async () => {
    const home = await temporaryDirectory();
    const cwd = join(home, "project");
    await mkdir(join(cwd, "real/config"), { recursive: true });
    await mkdir(join(home, "dotfiles"));
    await writeFile(join(home, "dotfiles/zshrc"), "");
    await symlink("real/config", join(cwd, "config"));
    await symlink("dotfiles/zshrc", join(home, ".zshrc"));
    const locate = (path: string) => locatePath(cwd, path);
    const decided = (lists: Parameters<typeof toRuleSet>[0], subject: PermissionSubject) =>
      decide(toRuleSet(lists), "accept-edits", { subject }, { cwd, home, locate }).action;
    const all = ["shell: *", "write: **", "write: ~/**"];
    const denied = { allow: all, deny: ["write: config/**", "write: ~/.zshrc"] };
    expect(decided(denied, write(locate("config/a.json")))).toBe("deny");
    expect(decided(denied, write(locate("real/config/new/b.json")))).toBe("deny");
    expect(decided(denied, write(locate("../.zshrc")))).toBe("deny");
    expect(decided(denied, shell("echo x > config/a.json"))).toBe("deny");
    expect(decided(denied, shell(`echo x > ${join(home, ".zshrc")}`))).toBe("deny");
    expect(decided({ allow: all, ask: ["write: config/*.json"] }, write(locate("config/a.json")))).toBe(
      "ask",
    );
    expect(decided(denied, write(locate("real/a.json")))).toBe("allow");
  });
});

describe("rules for MCP tools and URLs", () => {
  it("hold for a single definition of a tool if they were made from it", () => {
    const rules = { allow: ["mcp: files/read_file#0123456789abcdef"] };
    expect(action(rules, mcp())).toBe("allow");
    expect(action(rules, mcp("ffffffffffffffff"))).toBe("ask");
    expect(action({ allow: ["mcp: files/*"] }, mcp("ffffffffffffffff"))).toBe("allow");
    expect(action({ allow: ["mcp: other/*"] }, mcp())).toBe("ask");
    expect(action({ allow: ["mcp: *"], deny: ["mcp: files/read_*"] }, mcp())).toBe("deny");
  });

  it.each([
    ["https://example.com/docs", "allow"],
    ["https://example.com/../x", "allow"],
    ["https://example.com.evil.test/", "ask"],
    ["https://example.com@evil.test/", "ask"],
    ["https://user@example.com/docs", "ask"],
    ["http://example.com/", "ask"],
    ["not a url", "ask"],
  ])("allow URLs of one host only: %s", (url, expected) => {
    expect(action({ allow: ["fetch: https://example.com/*"] }, { type: "fetch", url })).toBe(expected);
  });
});

describe("modes", () => {
  it("accept edits allows changes of ordinary files in the folder", () => {
    expect(action({}, write("src/a.ts"), "accept-edits")).toBe("allow");
    expect(action({}, write(".git/hooks/x"), "accept-edits")).toBe("ask");
    expect(action({}, write(".mcp.json"), "accept-edits")).toBe("ask");
    expect(action({}, write("/etc/passwd"), "accept-edits")).toBe("ask");
    expect(action({ deny: ["write: src/**"] }, write("src/a.ts"), "accept-edits")).toBe("deny");
    expect(action({ ask: ["write: src/**"] }, write("src/a.ts"), "accept-edits")).toBe("ask");
    expect(action({}, shell("ls"), "accept-edits")).toBe("ask");
    expect(action({ allow: ["shell: echo *"] }, shell("echo x > src/a.ts"), "accept-edits")).toBe("allow");
    expect(action({}, mcp(), "accept-edits")).toBe("ask");
  });

  it.each([
    ".claude/settings.json",
    ".codex/config.toml",
    ".cursor/mcp.json",
    "opencode.json",
    "sub/.devcontainer/devcontainer.json",
    ".pre-commit-config.yaml",
    ".yarnrc.yml",
    ".pnpmfile.cjs",
    ".cargo/config.toml",
    ".gitmodules",
    ".bashrc",
    ".config/fish/config.fish",
    ".nvim.lua",
    ".VSCode/tasks.json",
    ".vscode./tasks.json",
    ".vs\u200dcode/tasks.json",
    ".husky::$INDEX_ALLOCATION/pre-commit",
  ])("accept edits asks about what makes other programs run something: %j", (path) => {
    expect(action({}, write(path), "accept-edits")).toBe("ask");
    expect(action({ allow: ["write: **"] }, write(path))).toBe("ask");
  });

  it.each([".github/workflows/test.yml", ".gitignore", ".eslintrc.json", "config/x.json", ".prettierrc"])(
    "accept edits allows other hidden files: %j",
    (path) => {
      expect(action({}, write(path), "accept-edits")).toBe("allow");
    },
  );

  it("plan denies whatever changes something, whatever a rule allows", () => {
    const rules = { allow: ["shell: *", "write: **", "mcp: *", "read: **"] };
    expect(action(rules, shell("ls"), "plan")).toBe("deny");
    expect(action(rules, write("a.md"), "plan")).toBe("deny");
    expect(action(rules, mcp(), "plan")).toBe("deny");
    expect(action(rules, read("a.md"), "plan")).toBe("allow");
    expect(action({}, mcp("0123456789abcdef", true), "plan")).toBe("ask");
    expect(decide(toRuleSet({}), "plan", {}).action).toBe("deny");
  });

  it.each(PERMISSION_MODES)(
    "in mode %s a rule that denies wins, also over what needs no question",
    (mode) => {
      const subject = mcp("0123456789abcdef", true);
      const rules = toRuleSet({ deny: ["mcp: files/*"], allow: ["mcp: *"] });
      expect(decide(rules, mode, { subject, isAllowedByDefault: true }).action).toBe("deny");
      expect(decide(toRuleSet({}), mode, { subject, isAllowedByDefault: true }).action).toBe("allow");
    },
  );
});

describe("a command that leaves the sandbox", () => {
  it("is asked whatever a rule allows, and denied by a rule that denies", () => {
    const subject: PermissionSubject = { type: "shell", command: "npm test", leavesSandbox: true };
    expect(action({ allow: ["shell: npm test *", "shell: *"] }, subject)).toBe("ask");
    expect(action({ deny: ["shell: npm *"] }, subject)).toBe("deny");
  });
});

describe("commands of Windows", () => {
  it.each([
    ["npm test", "allow"],
    ["npm test & del x", "ask"],
    ["npm test %X%", "ask"],
    ["npm test ^& del", "ask"],
    ["npm test > x", "ask"],
  ])("are allowed only if they are simple: %s", (command, expected) => {
    const subject: PermissionSubject = { type: "shell", command, syntax: "cmd" };
    expect(action({ allow: ["shell: npm test *"] }, subject)).toBe(expected);
  });
});

describe("suggestRules", () => {
  it.each<[PermissionSubject, readonly string[]]>([
    [shell("npm test -- a"), ["shell: npm test *"]],
    [shell("ls -la && git status"), ["shell: ls *", "shell: git status *"]],
    [shell("sudo ls"), ["shell: sudo ls"]],
    [shell("uv run pytest -k x"), ["shell: uv run *", "shell: pytest *"]],
    [shell("uv run --with a pytest"), ["shell: uv run --with a pytest"]],
    [shell("git -C other status"), ["shell: git -C other status"]],
    [shell("find . -delete"), ["shell: find . -delete"]],
    [shell("echo x > out/a.txt"), ["shell: echo x *", "write: out/a.txt"]],
    [shell("$x"), []],
    [shell("echo “x”"), ["shell: echo *"]],
    [shell("npm test '"), []],
    [write("src/a/b.ts"), ["write: src/a/**"]],
    [write("a*.ts"), ["write: a\\*.ts"]],
    [mcp(), ["mcp: files/read_file#0123456789abcdef"]],
    [{ type: "fetch", url: "https://example.com/a" }, ["fetch: https://example.com/*"]],
  ])("proposes rules for %j", (subject, rules) => {
    expect(suggestRules(subject, toRuleSet({}))).toEqual(rules);
  });

  it("proposes rules that allow the request", () => {
    for (const command of [
      "npm test -- a",
      "ls -la | head -3",
      "env A=1 ls",
      "bash -c 'ls; cat x'",
      "uv run pytest -k x",
      "sed -i s/a/b/ x",
    ]) {
      const allow = suggestRules(shell(command), toRuleSet({}));
      expect(action({ allow }, shell(command)), command).toBe("allow");
    }
  });
});
