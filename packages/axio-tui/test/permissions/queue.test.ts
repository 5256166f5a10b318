import type { PermissionRequest, PermissionSubject } from "axio/plugin";
import { describe, expect, it } from "vitest";
import { createHost } from "../../src/host/create-host.ts";
import { Notices } from "../../src/host/notices.ts";
import { PermissionQueue } from "../../src/host/permission-queue.ts";
import { PermissionRules, type ScopedRule } from "../../src/settings/permission-rules.ts";
import { EMPTY_FOLDER } from "../../src/trust/trusted-folder.ts";
import { memorySettings } from "../support/test-options.ts";

const rule = (action: ScopedRule["action"], text: string): ScopedRule => ({ scope: "session", action, text });

async function queue(rules: readonly ScopedRule[], isAttended = true): Promise<PermissionQueue> {
  const permissions = new PermissionQueue({ rules: new PermissionRules({ cwd: "/project" }) });
  await permissions.addRules(rules);
  permissions.attend(isAttended);
  return permissions;
}

function shell(command: string): PermissionRequest {
  return { title: "Run a command", key: `shell:${command}`, subject: { type: "shell", command } };
}

function change(path: string): PermissionRequest {
  return { title: `Change ${path}`, key: "write", subject: { type: "write", path } };
}

/** A request for a tool whose definition has a hash, as axio-tools-mcp makes it. */
function call(definitionHash: string): PermissionRequest {
  const subject: PermissionSubject = { type: "mcp", server: "files", tool: "read", definitionHash };
  return { title: "Call read", key: `mcp:files:read:${definitionHash}`, subject };
}

describe("PermissionQueue", () => {
  it("without a user decides at once", async () => {
    const permissions = await queue([rule("allow", "shell: ls *"), rule("deny", "shell: rm *")], false);
    expect(await permissions.ask("a", shell("ls -l"))).toEqual({ allowed: true });
    expect(await permissions.ask("a", shell("ls -l; rm x"))).toMatchObject({
      allowed: false,
      reason: expect.stringContaining("shell: rm *"),
    });
    expect(await permissions.ask("a", shell("cat x"))).toMatchObject({ allowed: false });
    expect(await permissions.ask("a", { title: "Anything", key: "x" })).toMatchObject({ allowed: false });
  });

  it("with --yes allows what would be asked, but nothing that a rule denies or may deny", async () => {
    const permissions = await queue([rule("deny", "shell: rm *")], false);
    const host = createHost(
      {
        cwd: "/project",
        env: {},
        settings: memorySettings(),
        folder: EMPTY_FOLDER,
        permissions,
        notices: new Notices(),
        signal: new AbortController().signal,
        allowsAll: true,
      },
      "tools",
      "local",
    );
    const isAllowed = async (command: string) => (await host.requestPermission(shell(command))).allowed;
    expect(await isAllowed("cat x")).toBe(true);
    expect(await isAllowed("sudo rm x")).toBe(false);
    expect(await isAllowed("$x y")).toBe(false);
    expect(await isAllowed("cat '")).toBe(false);
    permissions.setMode("plan");
    expect(await isAllowed("cat x")).toBe(false);
  });

  it("asks again for an MCP tool whose definition has changed, whatever was answered for the session", async () => {
    const permissions = await queue([]);
    const first = permissions.ask("mcp", call("0000000000000000"));
    permissions.answer(permissions.current?.id ?? 0, { type: "session" });
    expect(await first).toEqual({ allowed: true });
    expect(await permissions.ask("mcp", call("0000000000000000"))).toEqual({ allowed: true });
    void permissions.ask("mcp", call("1111111111111111"));
    expect(permissions.current?.request.key).toBe("mcp:files:read:1111111111111111");
  });

  it("asks for files that run programs, also after a yes to all changes in the session", async () => {
    const permissions = await queue([]);
    const first = permissions.ask("local", change("a.ts"));
    permissions.answer(permissions.current?.id ?? 0, { type: "session" });
    expect(await first).toEqual({ allowed: true });
    expect(await permissions.ask("local", change("src/b.ts"))).toEqual({ allowed: true });
    void permissions.ask("local", change(".vscode/tasks.json"));
    expect(permissions.current?.request.title).toBe("Change .vscode/tasks.json");
  });

  it("asks if a rule says so, also after a yes for the session", async () => {
    const permissions = await queue([]);
    const first = permissions.ask("local", shell("git push"));
    permissions.answer(permissions.current?.id ?? 0, { type: "session" });
    expect(await first).toEqual({ allowed: true });
    await permissions.addRules([rule("ask", "shell: git push *")]);
    void permissions.ask("local", shell("git push"));
    expect(permissions.size).toBe(1);
  });

  it("answers all waiting requests that a new rule decides", async () => {
    const permissions = await queue([]);
    const answers = ["npm test", "npm test a", "ls"].map((command) =>
      permissions.ask("local", shell(command)),
    );
    await permissions.addRules([rule("allow", "shell: npm test *"), rule("deny", "shell: ls *")]);
    expect((await Promise.all(answers)).map(({ allowed }) => allowed)).toEqual([true, true, false]);
    expect(permissions.size).toBe(0);
  });
});
