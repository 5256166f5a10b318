import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { needs, POSIX } from "test-support/requirements";
import { expect, it } from "vitest";
import { editInEditor } from "../src/app/edit-in-editor.ts";
import { temporaryDirectory } from "./support/project.ts";
import { startApp } from "./support/running-app.ts";

const CTRL_G = "\x07";

/** Writes an editor that does something to the file that it gets. */
async function editor(commands: string): Promise<string> {
  const path = join(await temporaryDirectory(), "my editor");
  await writeFile(path, `#!/bin/sh\n${commands}\n`);
  await chmod(path, 0o755);
  return `"${path}" --wait`;
}

it("edits the prompt in $EDITOR with Ctrl-G, outside of the folder", needs(POSIX), async () => {
  const EDITOR = await editor('for file; do :; done; printf "\\nadded $1 in $(pwd)" >> "$file"');
  const app = await startApp({ env: { LANG: "C.UTF-8", TERM: "xterm", PATH: process.env["PATH"], EDITOR } });
  await app.screen.shows("Scripted One");
  app.keyboard.type("a prompt");
  await app.screen.shows("a prompt");
  app.keyboard.type(CTRL_G);
  const written = await app.writes("added --wait in ");
  expect(written).toMatch(/added --wait in \S*axio-prompt-/);
});

it.each([
  ["exit 1", undefined],
  ["rm prompt.md; printf 'one\\r\\ntwo\\n\\n' > prompt.md", "one\ntwo"],
  ['test "$(cat prompt.md)" = text && printf same > prompt.md', "same"],
])("returns what the editor leaves: %s", needs(POSIX), async (commands, text) => {
  const EDITOR = await editor(commands);
  expect(await editInEditor("text", { PATH: process.env["PATH"], EDITOR })).toBe(text);
});
