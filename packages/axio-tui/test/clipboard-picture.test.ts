import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { needs, POSIX } from "test-support/requirements";
import { expect, test } from "vitest";
import { clipboardPrograms, saveClipboardPicture } from "../src/app/clipboard-picture.ts";
import { temporaryDirectory } from "./support/project.ts";
import { startApp } from "./support/running-app.ts";

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A search path with a program that prints the clipboard. */
async function clipboard(program: string, script: string): Promise<string> {
  const directory = await temporaryDirectory();
  const path = join(directory, program);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return `${directory}:${process.env["PATH"]}`;
}

test("Ctrl-V attaches the picture in the clipboard to the prompt", needs(POSIX), async () => {
  const PATH = await clipboard("xclip", `echo ${PNG} | base64 -d`);
  const app = await startApp({ env: { LANG: "C.UTF-8", TERM: "xterm", PATH } });
  await app.screen.shows("Scripted One");
  app.keyboard.type("\x16");
  await app.screen.shows("clipboard.png");
});

test("a picture is saved for the user alone", needs(POSIX), async () => {
  const PATH = await clipboard("wl-paste", `echo ${PNG} | base64 -d`);
  const file = await saveClipboardPicture({ PATH, WAYLAND_DISPLAY: "wayland-0" }, "linux");
  expect((await readFile(file ?? "")).toString("base64")).toBe(PNG);
  expect((await stat(file ?? "")).mode & 0o777).toBe(0o600);
});

test.each([
  ["text", "echo text"],
  ["nothing", "exit 1"],
])("a clipboard with %s attaches nothing", needs(POSIX), async (_, script) => {
  const PATH = await clipboard("xclip", script);
  expect(await saveClipboardPicture({ PATH }, "linux")).toBeUndefined();
});

test("each system has its programs", () => {
  expect(clipboardPrograms("darwin", {})).toEqual([["pngpaste", "-"]]);
  expect(clipboardPrograms("linux", {})[0]?.[0]).toBe("xclip");
  expect(clipboardPrograms("linux", { WAYLAND_DISPLAY: "wayland-0" })[0]?.[0]).toBe("wl-paste");
  expect(clipboardPrograms("win32", {})).toEqual([]);
});
