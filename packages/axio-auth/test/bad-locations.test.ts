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
import { type Credentials, FORMAT } from "./support/credentials.ts";

const OLD: Credentials = {
  accessToken: "old-access",
  refreshToken: "old-refresh",
  expiresAt: 1,
  accountId: "a",
};
/** Larger than the small disks below. */
const BULK = "x".repeat(200_000);
const OTHER_USER = 65_534;

let directory = "";
let path = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "axio-places-"));
  await chmod(directory, 0o755);
  path = join(directory, "axio", "codex.json");
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const open = (at = path) => new FileCredentialStore<Credentials>({ path: at, format: FORMAT });
const saveOld = async (at = path): Promise<string> => {
  await open(at).update(async () => OLD);
  return readFile(at, "utf8");
};

/** The result of a store in another process. */
interface Outcome {
  readonly code?: string;
  readonly message?: string;
  /** The access token that is read after saving failed. */
  readonly read?: string;
  readonly saved?: string;
}

const ENTRY = pathToFileURL(
  await bundleScript(fileURLToPath(new URL("../src/index.ts", import.meta.url))),
).href;

/** Saves in another process, which `shell` (a command line) starts and which first runs `before` (JavaScript). */
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
    const { FileCredentialStore, versionedFormat } = await import(${JSON.stringify(ENTRY)});
    ${before}
    const store = new FileCredentialStore({ path: ${JSON.stringify(at)}, format: versionedFormat({ parse: (value) => value }) });
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
    env: { PATH: process.env["PATH"], HOME: directory },
  });
  return JSON.parse(stdout) as Outcome;
}

/** Expects the old text and no staged files. */
async function expectUnchanged(before: string, at = path): Promise<void> {
  expect(await readFile(at, "utf8")).toBe(before);
  const names = await readdir(join(at, ".."));
  expect(names.filter((name) => name.endsWith(".tmp"))).toEqual([]);
}

describe("a location that cannot be written", needs(POSIX), () => {
  const asOtherUser = `process.setgid?.(${OTHER_USER}); process.setuid?.(${OTHER_USER});`;

  test(
    "read-only directory: throws store-unavailable, and the old sign-in stays readable",
    needs(ROOT_USER),
    async () => {
      const before = await saveOld();
      await chown(path, OTHER_USER, OTHER_USER);
      await chmod(join(directory, "axio"), 0o555);
      const outcome = await saveElsewhere({ before: asOtherUser });
      expect(outcome).toMatchObject({
        code: "store-unavailable",
        message: expect.stringContaining("EACCES"),
      });
      expect(outcome.message).toMatch(/check the owner/);
      await expectUnchanged(before);
    },
  );

  test("home in which no directory can be created: throws store-unavailable", needs(ROOT_USER), async () => {
    const outcome = await saveElsewhere({ before: asOtherUser });
    expect(outcome).toMatchObject({
      code: "store-unavailable",
      message: expect.stringMatching(/EACCES.*check the owner/),
    });
    expect(await readdir(directory)).toEqual([]);
  });

  test("file of another user: throws store-unavailable", needs(ROOT_USER), async () => {
    const before = await saveOld();
    const read = await saveElsewhere({ before: asOtherUser });
    expect(read).toMatchObject({ code: "store-unavailable", message: expect.stringContaining("EACCES") });
    await expectUnchanged(before);
  });
});

describe("a full disk", needs(POSIX), () => {
  test("file size limit: throws store-unavailable, keeps the old sign-in, and saves one that fits", async () => {
    const before = await saveOld();
    // The signal would end the process. A full disk sends none.
    const shell = 'trap "" XFSZ; ulimit -f 64; exec "$@"';
    const outcome = await saveElsewhere({ shell, text: "bulk" });
    expect(outcome.code).toBe("store-unavailable");
    expect(outcome.message).toContain(path);
    await expectUnchanged(before);
    expect(await saveElsewhere({ shell, text: "fits" })).toEqual({ saved: "fits" });
  });

  test("no space left: throws store-unavailable, keeps the old sign-in, and saves one that fits", async ({
    skip,
  }) => {
    const disk = join(directory, "disk");
    await mkdir(disk);
    const run = promisify(execFile);
    const isMounted = await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).then(
      () => true,
      () => false,
    );
    if (!isMounted) skip("No disk can be mounted here. The file size limit is tested instead.");
    try {
      const at = join(disk, "codex.json");
      const before = await saveOld(at);
      const outcome = await saveElsewhere({ at, text: "bulk" });
      expect(outcome).toMatchObject({
        code: "store-unavailable",
        message: expect.stringMatching(/ENOSPC.*free some space/),
      });
      await expectUnchanged(before, at);
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

describe("something else at the path", needs(POSIX), () => {
  test("directory at the path of the file: is not changed", async () => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "mine"), "x");
    for (const call of [() => open().load(), () => open().update(async () => OLD)])
      await expect(call()).rejects.toMatchObject({
        code: "store-unavailable",
        message: expect.stringContaining("A directory has the name of the file: move it away."),
      });
    expect(await readdir(path)).toEqual(["mine"]);
  });

  test("existing lock directory: is used", async () => {
    await mkdir(`${path}.axio-lock`, { recursive: true });
    expect(await open().update(async () => OLD)).toEqual(OLD);
  });

  test("file at the path of the lock: throws store-unavailable", async () => {
    const before = await saveOld();
    await rm(`${path}.axio-lock`, { recursive: true });
    await writeFile(`${path}.axio-lock`, "x");
    await expect(open().update(async () => undefined)).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringMatching(/axio-lock.*(?:move it away)/),
    });
    await expectUnchanged(before);
    expect(await open().load()).toEqual(OLD);
  });

  test("link into a missing directory: creates the directory, and keeps the link", async () => {
    await mkdir(join(directory, "axio"));
    await symlink(join(directory, "gone", "codex.json"), path);
    expect(await open().load()).toBeUndefined();
    expect(await open().update(async () => OLD)).toEqual(OLD);
    expect(await readdir(join(directory, "gone"))).toContain("codex.json");
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
  });
});

describe("an unusable file", () => {
  test.each([
    ["empty", ""],
    ["blank", " \n"],
    ["truncated", '{"version":1,"generation":3,"credentials":{"accessToken":"se'],
    ["not JSON", "accessToken=secret"],
    ["binary", "\u0000\u0001\uFFFD"],
    ["of a future version", '{"version":99,"credentials":{"accessToken":"secret","refreshToken":"secret"}}'],
    ["of a future version as text", '{"version":"2026-11","credentials":{}}'],
    ["with credentials that are not an object", '{"version":1,"credentials":"secret"}'],
    ["null", "null"],
  ])("%s: throws an error with the path and without the content, and is never changed", async (_, text) => {
    await mkdir(join(directory, "axio"));
    await writeFile(path, text, { mode: 0o600 });
    for (const call of [
      () => open().load(),
      () => open().update(async () => OLD),
      () => open().update(async () => undefined),
    ]) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "credentials-malformed",
        message: expect.stringMatching(/codex\.json.*not changed.*sign in again/),
      });
      expect(String(error)).not.toContain("secret");
    }
    expect(await readFile(path, "utf8")).toBe(text);
  });
});
