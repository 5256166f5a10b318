import type { Permission, PermissionRequest } from "axio/plugin";
import { onTestFinished } from "vitest";
import { App } from "../../src/app/app.ts";
import { InputHandler } from "../../src/input/input-handler.ts";
import { KeyDecoder } from "../../src/terminal/keys.ts";
import { temporarySessions } from "./running-app.ts";
import { type AppSetup, testOptions } from "./test-options.ts";

/** An app without a terminal, whose time the test sets. */
export interface AskedApp {
  readonly app: App;
  readonly handler: InputHandler;
  /** The answers to all requests so far, in the order in which they were given. */
  readonly answers: readonly Permission[];
  /** Sends what the terminal sends for keys. */
  type(keys: string): void;
  /** Requests permission, and tells that the question was drawn. */
  ask(request?: Partial<PermissionRequest>): void;
  wait(milliseconds: number): void;
  /** Lets pending promises settle. */
  settle(): Promise<void>;
}

export async function askedApp(setup: AppSetup = {}): Promise<AskedApp> {
  const app = new App(testOptions(setup, await temporarySessions()), { width: 80, height: 24 });
  await app.start();
  let now = 0;
  const handler = new InputHandler(app, () => now);
  onTestFinished(async () => {
    handler.close();
    await app.close();
  });
  const decoder = new KeyDecoder();
  const answers: Permission[] = [];
  let asked = 0;
  return {
    app,
    handler,
    answers,
    type: (keys) => {
      for (const input of [...decoder.push(keys), ...decoder.flush()]) {
        handler.handle(input);
        handler.drawn();
      }
    },
    ask: (request = {}) => {
      asked += 1;
      app.options.permissions
        .ask("local", { title: "Run a command", key: `request ${asked}`, ...request })
        .then((answer) => answers.push(answer))
        // A withdrawn request is not answered.
        .catch(() => undefined);
      handler.drawn();
    },
    wait: (milliseconds) => {
      now += milliseconds;
    },
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}
