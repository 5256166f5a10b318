import { defineTool } from "axio";
import type { PermissionRequest } from "axio/plugin";
import { textAnswer, toolAnswer, toolUse } from "axio/testing";
import { describe, expect, it } from "vitest";
import { type RunningApp, startApp } from "../support/running-app.ts";
import type { AppSetup } from "../support/test-options.ts";
import { KEYS } from "../support/virtual-screen.ts";

const SHIFT_TAB = "\x1b[Z";
const TEST: Partial<PermissionRequest> = { subject: { type: "shell", command: "npm test -- a" } };
const WRITE: Partial<PermissionRequest> = { title: "Change a.ts", subject: { type: "write", path: "a.ts" } };

/** An app whose model makes one call for each request, in steps of their own. */
function appThatAsks(
  requests: readonly Partial<PermissionRequest>[],
  setup: AppSetup = {},
): Promise<RunningApp> {
  return startApp({
    rows: 30,
    ...setup,
    answers: [
      ...requests.map((_request, index) => toolAnswer(toolUse(`c${index}`, "act", { index }))),
      textAnswer("All done."),
    ],
    tools: (host) => [
      defineTool({
        name: "act",
        description: "",
        inputSchema: { type: "object", properties: { index: { type: "integer" } }, required: ["index"] },
        execute: async ({ index }: { index: number }) => {
          const request = { title: "Run a command", key: `key ${index}`, ...requests[index] };
          const permission = await host.requestPermission(request);
          return permission.allowed ? "Allowed." : `Denied: ${permission.reason ?? "no reason"}`;
        },
      }),
    ],
  });
}

async function answer(app: RunningApp, title: string, keys: string): Promise<void> {
  await app.screen.shows(title);
  app.skip(500);
  app.keyboard.type(keys);
}

describe("a question on a small screen", () => {
  const command = "npm test -- a && npm run build && node scripts/publish.mjs --really --now";

  it("shows what will run before anything else, and takes the rows of the transcript", async () => {
    const app = await appThatAsks([{ subject: { type: "shell", command } }], { rows: 12, columns: 40 });
    app.say("Publish it.");
    const screen = await app.screen.shows("Run a command?");
    const shown = screen.split("\n").flatMap((row) => (/^[$|] /.test(row) ? [row.slice(2)] : []));
    expect(shown.join("")).toBe(command);
  });

  it("says that letters belong to the prompt while it has text", async () => {
    const app = await appThatAsks([TEST], { rows: 12, columns: 40 });
    app.say("Test it.");
    await app.screen.shows("Answers count in a moment");
    app.skip(500);
    await app.screen.shows("Esc denies and stops, n denies");
    app.keyboard.type("no");
    await app.screen.shows("Tab moves to the answers, Esc denies");
    app.keyboard.type(`${KEYS.tab}n`);
    await app.screen.shows("Enter denies and sends it, Esc goes back");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("All done.");
  });
});

describe("a rule from a question", () => {
  it("allows later requests in this session, and is proposed from the command", async () => {
    const app = await appThatAsks([TEST, { subject: { type: "shell", command: "npm test" } }]);
    app.say("Test it.");
    const screen = await app.screen.shows("Requested by");
    expect(screen).toContain("r Yes, by a rule: shell: npm test *");
    await answer(app, "Requested by", "r");
    await app.screen.shows("Always allow in this session");
    expect(app.screen.cursor()).toBe("› shell: npm test *|");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("All done.");
    expect(app.settings.current.permissions).toBeUndefined();
    expect(app.permissions.rules.list()).toEqual([
      { scope: "session", action: "allow", text: "shell: npm test *" },
    ]);
  });

  it("is saved for this folder or everywhere, as the user edits it", async () => {
    const app = await appThatAsks([TEST, WRITE]);
    app.say("Test it.");
    await answer(app, "Requested by", "r");
    await app.screen.shows("Always allow in this session");
    app.keyboard.type(KEYS.tab);
    await app.screen.shows("Always allow in this folder");
    app.keyboard.type(KEYS.enter);
    await answer(app, "Change a.ts?", "r");
    await app.screen.shows("Always allow in this session");
    app.keyboard.type("\x15write: *.ts");
    app.keyboard.type(KEYS.tab + KEYS.tab);
    await app.screen.shows("Always allow everywhere");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("All done.");
    expect(app.settings.current.permissions).toEqual({
      allow: ["write: *.ts"],
      folders: { "/project": { allow: ["shell: npm test *"] } },
    });
  });

  it("can deny, and tells the model", async () => {
    const app = await appThatAsks([TEST]);
    app.say("Test it.");
    await answer(app, "Requested by", "r");
    await app.screen.shows("Always allow in this session");
    app.keyboard.type(SHIFT_TAB);
    await app.screen.shows("Never allow in this session");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("All done.");
    expect(JSON.stringify(app.transports[0]?.requests.at(-1)?.messages)).toContain(
      'The user\'s rule \\"shell: npm test *\\" denies this',
    );
  });

  it("says what is wrong with it, and keeps the question", async () => {
    const app = await appThatAsks([TEST]);
    app.say("Test it.");
    await answer(app, "Requested by", "r");
    await app.screen.shows("Always allow in this session");
    app.keyboard.type("\x15npm test");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows('"npm test" is not a rule');
    app.keyboard.type("\x15shell: ls");
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("they do not cover this request");
    app.keyboard.type(KEYS.escape);
    await app.screen.shows("Yes, once");
    app.keyboard.type("y");
    await app.screen.shows("All done.");
  });
});

describe("the permission mode", () => {
  it("changes with Shift-Tab and is shown in the status line", async () => {
    const app = await startApp();
    await app.screen.shows("Ask anything");
    app.keyboard.type(SHIFT_TAB);
    await app.screen.shows(/^accept edits · Scripted One/m);
    app.keyboard.type(SHIFT_TAB);
    await app.screen.shows(/^plan · Scripted One/m);
    app.keyboard.type(SHIFT_TAB);
    await app.screen.shows(/^Scripted One/m);
  });

  it("accepts edits without a question, but no commands", async () => {
    const app = await appThatAsks([WRITE, TEST]);
    app.keyboard.type(SHIFT_TAB);
    await app.screen.shows("accept edits");
    app.say("Change it.");
    await answer(app, "npm test -- a", "y");
    await app.screen.shows("All done.");
  });

  it("plans without a question: the model is told, and nothing is changed", async () => {
    const app = await appThatAsks([WRITE, TEST], {
      settings: { permissions: { mode: "plan", allow: ["shell: *"] } },
    });
    await app.screen.shows(/^plan/m);
    app.say("Change it.");
    await app.screen.shows("All done.");
    const [first] = app.transports[0]?.requests ?? [];
    expect(JSON.stringify(first)).toContain("plan mode");
    const sent = JSON.stringify(app.transports[0]?.requests.at(-1)?.messages);
    expect(sent.match(/Denied: The user has chosen plan mode/g)).toHaveLength(2);
  });

  it("does not answer a question that is shown already", async () => {
    const app = await appThatAsks([WRITE]);
    app.say("Change it.");
    await app.screen.shows("Change a.ts?");
    app.skip(500);
    app.keyboard.type(SHIFT_TAB);
    await app.screen.shows("accept edits");
    expect(app.screen.text()).toContain("Change a.ts?");
    app.keyboard.type("y");
    await app.screen.shows("All done.");
  });
});

describe("/permissions", () => {
  it("adds, shows and removes rules", async () => {
    const app = await startApp({ rows: 30 });
    app.say("/permissions deny always read: **/.env");
    await app.screen.shows("deny read: **/.env (everywhere)");
    app.say("/permissions allow shell: npm test *");
    await app.screen.shows("allow shell: npm test * (this folder)");
    expect(app.settings.current.permissions).toEqual({
      deny: ["read: **/.env"],
      folders: { "/project": { allow: ["shell: npm test *"] } },
    });
    app.say("/permissions");
    await app.screen.shows("Mode (Shift-Tab)");
    expect(app.screen.text()).toMatchSnapshot();
    app.keyboard.type("npm");
    await app.screen.shows((screen) => !screen.includes("Mode (Shift-Tab)"));
    app.keyboard.type(KEYS.enter);
    await app.screen.shows("Keep it");
    app.keyboard.type(KEYS.down + KEYS.enter);
    await app.screen.shows((screen) => screen.includes("Mode (Shift-Tab)") && !/allow {2}shell/.test(screen));
    expect(app.settings.current.permissions).toMatchObject({ folders: { "/project": { allow: [] } } });
  });

  it.each([
    ["/permissions allow npm test", '"npm test" is not a rule'],
    ["/permissions permit shell: ls", "is not a change of the rules"],
    ["/permissions allow mcp: files", "server/tool"],
  ])("explains a mistake: %s", async (text, problem) => {
    const app = await startApp();
    app.say(text);
    await app.screen.shows(problem);
  });
});
