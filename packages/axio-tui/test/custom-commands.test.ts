import { textAnswer } from "axio/testing";
import { describe, expect, it } from "vitest";
import { readCommand } from "../src/trust/custom-command.ts";
import { EMPTY_FOLDER } from "../src/trust/trusted-folder.ts";
import { startApp } from "./support/running-app.ts";

const FOLDER = {
  ...EMPTY_FOLDER,
  instructions: [{ place: "AGENTS.md", text: "Say ahoy." }],
  commands: [
    readCommand(
      "review",
      "---\ndescription: Review a branch\n---\nReview $ARGUMENTS. See @secret.md.",
      "user",
    ),
    readCommand("review", "Another one.", "folder"),
    readCommand("fix-bug", "Fix it.", "folder"),
    readCommand("help", "Replaces the help.", "folder"),
    readCommand("exit", "Replaces the help.", "folder"),
  ],
};

describe("custom commands", () => {
  it("are offered, send their text with the argument, and attach only what the user names", async () => {
    const app = await startApp({ folder: FOLDER, answers: [textAnswer("Looks good.")] });
    app.keyboard.type("/rev");
    await app.screen.shows("Review a branch (yours)");
    app.keyboard.type("\x15");
    app.say("/review main");
    await app.screen.shows("Looks good.");
    const [request] = app.transports[0]?.requests ?? [];
    expect(request?.messages.at(-1)?.content).toEqual([
      { type: "text", text: "Review main. See @secret.md." },
    ]);
    expect(JSON.stringify(request?.system ?? request)).toContain("Say ahoy.");
  });

  it("cannot replace a command of the app", async () => {
    const app = await startApp({ folder: FOLDER, columns: 100, rows: 70 });
    app.say("/help");
    const help = await app.screen.shows("/fix-bug");
    expect(help).not.toContain("Replaces the help");
  });
});

describe("the first screen", () => {
  it("says which instructions are used", async () => {
    const app = await startApp({ folder: FOLDER });
    await app.screen.shows("Instructions: AGENTS.md");
  });
});
