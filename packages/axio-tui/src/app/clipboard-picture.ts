import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

type Variables = Readonly<Record<string, string | undefined>>;

const TIMEOUT_MS = 5_000;
const LARGEST_PICTURE_BYTES = 20 * 1024 * 1024;
const PNG = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

const run = promisify(execFile);

/** Returns the programs that print the picture in the clipboard as PNG, the one for this desktop first. */
export function clipboardPrograms(platform: NodeJS.Platform, env: Variables): readonly (readonly string[])[] {
  if (platform === "darwin") return [["pngpaste", "-"]];
  if (platform === "win32") return [];
  const wayland = ["wl-paste", "--no-newline", "--type", "image/png"];
  const x11 = ["xclip", "-selection", "clipboard", "-target", "image/png", "-out"];
  return env["WAYLAND_DISPLAY"] ? [wayland, x11] : [x11, wayland];
}

/**
 * Saves the picture in the clipboard to a new file that only the user can read.
 *
 * @returns The path of the file; `undefined` without a picture, or without a program that reads the clipboard.
 */
export async function saveClipboardPicture(
  env: Variables,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  for (const [program = "", ...args] of clipboardPrograms(platform, env)) {
    try {
      const { stdout } = await run(program, args, {
        env: { ...env },
        cwd: tmpdir(),
        encoding: "buffer",
        timeout: TIMEOUT_MS,
        maxBuffer: LARGEST_PICTURE_BYTES,
      });
      if (!stdout.subarray(0, PNG.length).equals(PNG)) continue;
      const file = join(await mkdtemp(join(tmpdir(), "axio-picture-")), "clipboard.png");
      await writeFile(file, stdout, { mode: 0o600, flag: "wx" });
      return file;
    } catch {
      // The program is missing, or the clipboard has no picture. Another one may read it.
    }
  }
  return undefined;
}
