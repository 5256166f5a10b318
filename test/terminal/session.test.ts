import { isJsonObject } from "axio";
import { type Simulator, startSimulator } from "axio-simulator";
import { FULL_RUN, needs } from "test-support/requirements";
import { signInAsBrowser } from "test-support/sign-in-as-browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enter, IDLE, RealApp, TMUX } from "./support/real-app.ts";

/** Matches the URL and code of a device sign-in. */
const DEVICE_CODE = /(http:\/\/\S+\/codex\/device)\s+and enter this code: +(\w{4}-\w{5})/;

describe("a session in a real terminal with the simulator", needs(TMUX), () => {
  let app: RealApp;
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ paceMs: 15, deviceIntervalSeconds: 1 });
    const where = { issuer: simulator.issuer, baseUrl: simulator.baseUrl };
    app = await RealApp.create({ "providers/codex": where }, "The code word is heron.\n");
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await simulator.close();
  });

  /** The requests to the models, in order. */
  const asked = (): readonly { readonly model: unknown; readonly body: string }[] =>
    simulator.requests.flatMap(({ json, body, path }) =>
      path.endsWith("/responses") && isJsonObject(json) ? [{ model: json["model"], body }] : [],
    );

  it("works from the first start to a resumed conversation", {
    timeout: 240_000,
  }, async () => {
    await using terminal = await app.open();
    const first = await terminal.shows("to try axio without an account");
    expect(first).toContain("/login signs in");
    expect(first).toContain("/model offers the simulator");
    expect(first).toContain("no model selected");

    await enter(terminal, "/login");
    await terminal.shows("Sign in type to find");
    await terminal.type("codex");
    await terminal.shows("› ChatGPT (Codex)");
    await terminal.press("Enter");
    const [, page = "", code = ""] = DEVICE_CODE.exec(await terminal.shows(DEVICE_CODE)) ?? [];
    const visit = await signInAsBrowser(`${page}?user_code=${code}`);
    expect(visit.headline).toBe("Device connected");
    await terminal.shows("Signed in as robin@example.test.");
    await terminal.press("Escape");
    await terminal.shows(/^GPT-6\.1-Sol.*ChatGPT \(Codex\) · robin@example\.test/m);

    await terminal.paste(
      'What does it say?\ncall read_file {"path":"notes.md"}\ncall write_file {"path":"copy.md","content":"heron"}\nthen\nsay It says: {{result 1}}',
    );
    await terminal.press("Enter");
    await terminal.shows("y Yes, once");
    expect(await terminal.screen()).toContain("+heron");
    await terminal.shows("A letter or Enter answers");
    await terminal.type("y");
    await terminal.shows("✓ write_file copy.md");
    await terminal.shows(/It says:.*The code word is heron/s);
    await terminal.shows(IDLE);

    await terminal.paste("say The beginning of it.\nwait 600s\nsay The end of it.");
    await terminal.press("Enter");
    await terminal.shows("Answering");
    await terminal.press("Escape");
    await terminal.shows("Stopped.");
    await terminal.shows(IDLE);

    await enter(terminal, "/model");
    await terminal.shows("type to find");
    await terminal.type("5.5");
    const models = await terminal.shows(/› GPT-5\.5/);
    expect(models).toContain("Simulator (no account, answers by script)");
    await terminal.press("Enter");
    await terminal.shows(/^GPT-5\.5 medium.*ChatGPT \(Codex\)/m);
    expect(new Set(asked().map(({ model }) => model))).toEqual(new Set(["gpt-6.1-sol"]));
    await enter(terminal, "say From another model.");
    await terminal.shows(/^From another model\.$/m);
    await terminal.shows(IDLE);
    expect(asked().at(-1)).toMatchObject({
      model: "gpt-5.5",
      body: expect.stringContaining("The code word is heron"),
    });

    await terminal.resize(40, 20);
    await terminal.shows(/^─{40}$/m);
    await terminal.resize(90, 28);
    await terminal.shows(/^─{90}$/m);

    await enter(terminal, "/fork");
    await terminal.shows("You continue in a copy");
    await enter(terminal, "/quit");
    const end = await terminal.shows("To continue this conversation: axio --resume");
    expect(end).toContain("You continue in a copy");

    await using again = await app.open("--continue");
    await again.shows(/^From another model\.$/m);
    await again.shows(/^GPT-5\.5 medium.*ChatGPT \(Codex\) · robin@example\.test/m);
    await enter(again, "say Still here.");
    await again.shows(/^Still here\.$/m);
    expect(asked().at(-1)).toMatchObject({
      model: "gpt-5.5",
      body: expect.stringContaining("The code word is heron"),
    });
    await again.pressUntil("C-c", "To continue this conversation: axio --resume");
  });

  it("keeps the cursor of the terminal at the insertion point", {
    timeout: 120_000,
    ...needs(FULL_RUN),
  }, async () => {
    await using terminal = await app.open("--provider", "simulator");
    await terminal.shows("Ask anything");
    expect(await terminal.cursor()).toMatchObject({ column: 2 });
    await terminal.type("日本");
    await terminal.shows("› 日本");
    expect(await terminal.cursor()).toMatchObject({ text: "› 日本", column: 6 });
    await terminal.press("Left");
    await expect.poll(() => terminal.cursor()).toMatchObject({ text: "› 日本", column: 4 });
    await terminal.press("End", "M-Enter");
    await terminal.type("two");
    await terminal.shows(/^ {2}two$/m);
    expect(await terminal.cursor()).toMatchObject({ text: "  two", column: 5 });
    await terminal.press("C-c");
    await enter(terminal, "/model");
    await terminal.shows("type to find");
    await terminal.type("sol");
    await terminal.shows("Model sol");
    expect(await terminal.cursor()).toMatchObject({ text: "Model sol", column: 9 });
    await terminal.press("Escape");
    await terminal.shows(/^((?!Model sol)[\s\S])*$/);
    await enter(terminal, "/login codex");
    await terminal.shows(DEVICE_CODE);
    await terminal.type("http://localhost/pasted");
    await terminal.shows("› http://localhost/pasted");
    expect(await terminal.cursor()).toMatchObject({ text: "› http://localhost/pasted", column: 25 });
    await terminal.press("Escape");
    await terminal.shows("Back to the conversation");
    await terminal.press("Escape");
    await terminal.shows("Ask anything");
    await enter(terminal, "/help");
    await terminal.shows("Esc close");
    expect(await terminal.cursor()).toBeUndefined();
    await terminal.press("C-c", "C-c");
  });
});
