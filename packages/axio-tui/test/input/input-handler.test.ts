import type { Permission } from "axio/plugin";
import { describe, expect, it } from "vitest";
import { App } from "../../src/app/app.ts";
import { InputHandler } from "../../src/input/input-handler.ts";
import { KeyDecoder } from "../../src/terminal/keys.ts";
import { temporarySessions } from "../support/running-app.ts";
import { testOptions } from "../support/test-options.ts";

describe("a permission request that appears while the user types", () => {
  async function typing(text: string) {
    const app = new App(testOptions({}, await temporarySessions()), { width: 80, height: 24 });
    await app.start();
    let now = 0;
    const handler = new InputHandler(app, () => now);
    const type = (keys: string): void => {
      for (const input of new KeyDecoder().push(keys)) handler.handle(input);
    };
    type(text);
    const answers: Permission[] = [];
    const asked = app.options.permissions
      .ask("local", { title: "Run a command", key: "shell" })
      .then((answer) => answers.push(answer));
    return { app, type, answers, asked, wait: (milliseconds: number) => (now += milliseconds) };
  }

  it("is not answered by the rest of the word", async () => {
    const { app, type, answers, asked, wait } = await typing("sa");
    wait(100);
    type("y");
    wait(100);
    type("a");
    expect(app.state.editor.text).toBe("saya");
    expect(app.state.permission).toBeDefined();
    wait(2_000);
    type("y");
    await asked;
    expect(answers).toEqual([{ allowed: true }]);
    expect(app.state.editor.text).toBe("saya");
    await app.close();
  });

  it("is answered at once if the user is not typing", async () => {
    const { app, type, answers, asked } = await typing("");
    type("y");
    await asked;
    expect(answers).toEqual([{ allowed: true }]);
    await app.close();
  });
});
