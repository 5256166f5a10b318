import { describe, expect, it } from "vitest";
import { commandName, expandCommand, readCommand } from "../../src/trust/custom-command.ts";

describe("a custom command", () => {
  it("has a name, a description, an argument and a text", () => {
    const text =
      '---\ndescription: "Review a change"\nargument-hint: [branch]\nmodel: ignored\n---\n\n# Review\nLook at $ARGUMENTS.\n';
    expect(readCommand("review", text, "folder")).toEqual({
      name: "review",
      description: "Review a change",
      argument: "[branch]",
      template: "# Review\nLook at $ARGUMENTS.",
      origin: "folder",
    });
  });

  it("is described by its first line without a description", () => {
    expect(readCommand("x", "\n## Fix it\r\nNow.", "user")).toMatchObject({
      description: "Fix it",
      argument: undefined,
    });
    expect(readCommand("x", "---\ndescription: unclosed", "user").template).toBe(
      "---\ndescription: unclosed",
    );
  });

  it("is named like its file", () => {
    expect(["review.md", "fix-bug_2.md", "Review.md"].map(commandName)).toEqual([
      "review",
      "fix-bug_2",
      "review",
    ]);
    for (const file of ["review.txt", "../x.md", "a b.md", ".md", "1.md", "ünï.md", `${"x".repeat(70)}.md`])
      expect(commandName(file)).toBeUndefined();
  });

  it("gets the argument, whatever that contains", () => {
    const command = readCommand("x", "Do $ARGUMENTS, then $ARGUMENTS.", "user");
    expect(expandCommand(command, "$& $1 $ARGUMENTS")).toBe("Do $& $1 $ARGUMENTS, then $& $1 $ARGUMENTS.");
    const plain = readCommand("x", "Do it.", "user");
    expect(expandCommand(plain, "")).toBe("Do it.");
    expect(expandCommand(plain, "now")).toBe("Do it.\n\nnow");
  });
});
