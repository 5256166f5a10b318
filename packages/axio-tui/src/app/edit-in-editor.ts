import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A longer file is not used as a prompt, in bytes. */
const LARGEST_PROMPT_BYTES = 2_000_000;

/**
 * Lets the user edit a text in the editor that `VISUAL` or `EDITOR` names. Returns the text; `undefined` if the editor failed.
 * The terminal must be free.
 */
export async function editInEditor(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const isWindows = process.platform === "win32";
  const editor = env["VISUAL"] || env["EDITOR"] || (isWindows ? "notepad" : "vi");
  // Not in the folder: some editors run the configuration that they find there.
  const directory = await mkdtemp(join(tmpdir(), "axio-prompt-"));
  const file = join(directory, "prompt.md");
  try {
    await writeFile(file, text, { mode: 0o600, flag: "wx" });
    const options = { cwd: directory, env: { ...env }, stdio: "inherit" } as const;
    // The variable may have arguments: "code --wait".
    const child = isWindows
      ? spawn(`${editor} "${file}"`, { ...options, shell: true })
      : spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", file], options);
    const [code] = await once(child, "exit");
    const edited = code === 0 ? await readFile(file) : undefined;
    if (edited === undefined || edited.length > LARGEST_PROMPT_BYTES) return undefined;
    return edited.toString("utf8").replaceAll("\r\n", "\n").trimEnd();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
