import { execFile } from "node:child_process";
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { bundleScript } from "test-support/bundle-script";
import { needs, POSIX, ROOT_USER } from "test-support/requirements";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FileCredentialStore } from "../src/index.ts";
import { type Credentials, parseCredentials } from "./support/credentials.ts";

const OLD: Credentials = {
  accessToken: "old-access",
  refreshToken: "old-refresh",
  expiresAt: 1,
  accountId: "a",
};
/** Larger than any of the small disks below has room for. */
const BULK = "x".repeat(200_000);
const NOBODY = 65_534;

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "axio-places-"));
  await chmod(folder, 0o755);
  path = join(folder, "axio", "codex.json");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = (at = path) => new FileCredentialStore<Credentials>({ path: at, parse: parseCredentials });
const saveOld = async (at = path): Promise<string> => {
  await open(at).update(async () => OLD);
  return readFile(at, "utf8");
};

/** What a store in another process came to. */
interface Outcome {
  readonly code?: string;
  readonly message?: string;
  /** The access token that is read afterwards, where saving failed. */
  readonly read?: string;
  readonly saved?: string;
}

const ENTRY = pathToFileURL(
  await bundleScript(fileURLToPath(new URL("../src/index.ts", import.meta.url))),
).href;

/** Saves in a process of its own, which first runs `before` (JavaScript), started by `shell` (a shell's command line). */
async function saveElsewhere(
  options: {
    readonly before?: string;
    readonly shell?: string;
    readonly text?: string;
    readonly at?: string;
  } = {},
): Promise<Outcome> {
  const { before = "", shell = 'exec "$@"', text = "new", at = path } = options;
  const script = `
    const { FileCredentialStore } = await import(${JSON.stringify(ENTRY)});
    ${before}
    const store = new FileCredentialStore({ path: ${JSON.stringify(at)}, parse: (value) => value });
    const accessToken = ${JSON.stringify(text)} === "bulk" ? "x".repeat(${BULK.length}) : ${JSON.stringify(text)};
    const outcome = await store.update(async () => ({ accessToken, refreshToken: "r", expiresAt: 2, accountId: "a" })).then(
      ({ accessToken }) => ({ saved: accessToken.slice(0, 20) }),
      async ({ code, message }) => ({ code, message, read: (await store.load().catch(() => undefined))?.accessToken }),
    );
    console.log(JSON.stringify(outcome));
  `;
  const node = [process.execPath, "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)("sh", ["-c", shell, "sh", ...node], {
    cwd: import.meta.dirname,
    env: { PATH: process.env["PATH"], HOME: folder },
  });
  return JSON.parse(stdout) as Outcome;
}

/** Nothing is lost, and nothing is left lying about. */
async function expectUntouched(before: string, at = path): Promise<void> {
  expect(await readFile(at, "utf8")).toBe(before);
  const names = await readdir(join(at, ".."));
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
}

describe("a place that cannot be written", needs(POSIX), () => {
  const asNobody = `process.setgid?.(${NOBODY}); process.setuid?.(${NOBODY});`;

  test(
    "a home that is read-only: a clear error, and what was there can still be read",
    needs(ROOT_USER),
    async () => {
      const before = await saveOld();
      await chown(path, NOBODY, NOBODY);
      await chmod(join(folder, "axio"), 0o555);
      const outcome = await saveElsewhere({ before: asNobody });
      expect(outcome).toMatchObject({
        code: "store-unavailable",
        message: expect.stringContaining("EACCES"),
      });
      expect(outcome.message).toMatch(/check who owns/);
      await expectUntouched(before);
    },
  );

  test("a home in which no folder can be made", needs(ROOT_USER), async () => {
    const outcome = await saveElsewhere({ before: asNobody });
    expect(outcome).toMatchObject({
      code: "store-unavailable",
      message: expect.stringMatching(/EACCES.*check who owns/),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test("a file of somebody else", needs(ROOT_USER), async () => {
    const before = await saveOld();
    const read = await saveElsewhere({ before: asNobody });
    expect(read).toMatchObject({ code: "store-unavailable", message: expect.stringContaining("EACCES") });
    await expectUntouched(before);
  });
});

describe("a disk that is full", needs(POSIX), () => {
  test("a limit to the size of files: a clear error, the old sign-in stays, and a save that fits works", async () => {
    const before = await saveOld();
    // The signal for it would end the process; a disk that is full sends none.
    const shell = 'trap "" XFSZ; ulimit -f 64; exec "$@"';
    const outcome = await saveElsewhere({ shell, text: "bulk" });
    expect(outcome.code).toBe("store-unavailable");
    expect(outcome.message).toContain(path);
    await expectUntouched(before);
    expect(await saveElsewhere({ shell, text: "fits" })).toEqual({ saved: "fits" });
  });

  test("a disk without room: a clear error, the old sign-in stays, and a save that fits works", async ({
    skip,
  }) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    const run = promisify(execFile);
    const isMounted = await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).then(
      () => true,
      () => false,
    );
    if (!isMounted) skip("No disk can be mounted here: the limit to the size of files stands for it.");
    try {
      const at = join(disk, "codex.json");
      const before = await saveOld(at);
      const outcome = await saveElsewhere({ at, text: "bulk" });
      expect(outcome).toMatchObject({
        code: "store-unavailable",
        message: expect.stringMatching(/ENOSPC.*make room/),
      });
      await expectUntouched(before, at);
      expect(await open(at).load()).toEqual(OLD);
      expect(await saveElsewhere({ at, text: "fits" })).toEqual({ saved: "fits" });
      await writeFile(join(disk, "filler"), BULK).catch(() => undefined);
      const full = await saveElsewhere({ at });
      expect(full).toMatchObject({ code: "store-unavailable", message: expect.stringContaining("ENOSPC") });
      expect(await open(at).load()).toMatchObject({ accessToken: "fits" });
    } finally {
      await run("umount", [disk]);
    }
  });
});

describe("something else in the place of the file", needs(POSIX), () => {
  test("a folder: neither removed nor filled", async () => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "mine"), "x");
    for (const call of [() => open().load(), () => open().update(async () => OLD)])
      await expect(call()).rejects.toMatchObject({
        code: "store-unavailable",
        message: expect.stringContaining("A folder is in the place of the file: move it away."),
      });
    expect(await readdir(path)).toEqual(["mine"]);
  });

  test("a folder in the place of the lock: the lock is one, and goes on in it", async () => {
    await mkdir(`${path}.axio-lock`, { recursive: true });
    expect(await open().update(async () => OLD)).toEqual(OLD);
  });

  test("a file in the place of the lock", async () => {
    const before = await saveOld();
    await rm(`${path}.axio-lock`, { recursive: true });
    await writeFile(`${path}.axio-lock`, "x");
    await expect(open().update(async () => undefined)).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringMatching(/axio-lock.*(?:move it away)/),
    });
    await expectUntouched(before);
    expect(await open().load()).toEqual(OLD);
  });

  test("a link into a folder that is not there: the folder is made, and the link stays", async () => {
    await mkdir(join(folder, "axio"));
    await symlink(join(folder, "gone", "codex.json"), path);
    expect(await open().load()).toBeUndefined();
    expect(await open().update(async () => OLD)).toEqual(OLD);
    expect(await readdir(join(folder, "gone"))).toContain("codex.json");
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
  });
});

describe("a file of no use", () => {
  test.each([
    ["empty", ""],
    ["blank", " \n"],
    ["cut in the middle", '{"version":1,"generation":3,"credentials":{"accessToken":"se'],
    ["not JSON", "accessToken=secret"],
    ["bytes that are no text", "\u0000\u0001\uFFFD"],
    ["of a future version", '{"version":99,"credentials":{"accessToken":"secret","refreshToken":"secret"}}'],
    ["of a future version, in words", '{"version":"2026-11","credentials":{}}'],
    ["with credentials that are no object", '{"version":1,"credentials":"secret"}'],
    ["null", "null"],
  ])(
    "%s: an error that names it and not what is in it; it stays, also when somebody signs in or out",
    async (_, text) => {
      await mkdir(join(folder, "axio"));
      await writeFile(path, text, { mode: 0o600 });
      for (const call of [
        () => open().load(),
        () => open().update(async () => OLD),
        () => open().update(async () => undefined),
      ]) {
        const error: unknown = await call().catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({
          code: "credentials-malformed",
          message: expect.stringMatching(/codex\.json.*left as they are.*sign in again/),
        });
        expect(String(error)).not.toContain("secret");
      }
      expect(await readFile(path, "utf8")).toBe(text);
    },
  );

  test("with the four strings of axio for Python, it is of use", async () => {
    await mkdir(join(folder, "axio"));
    const python = { api_key: "a", refresh_token: "r", expires_at: "1700000000", account_id: "x" };
    await writeFile(path, JSON.stringify(python), { mode: 0o600 });
    expect(await open().load()).toEqual({
      accessToken: "a",
      refreshToken: "r",
      expiresAt: 1_700_000_000,
      accountId: "x",
    });
  });
});
