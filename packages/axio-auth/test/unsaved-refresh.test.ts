import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { bundleScript } from "test-support/bundle-script";
import { LINUX, needs, type Requirement } from "test-support/requirements";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

const run = promisify(execFile);

const MOUNTS: Requirement = {
  isMet: await run("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).then(
    () => true,
    () => false,
  ),
  missing: "no mount namespaces; run as root",
};

const ENTRY = pathToFileURL(
  await bundleScript(fileURLToPath(new URL("../src/index.ts", import.meta.url))),
).href;

/** The functions that a scenario uses. Each result is printed as a line of JSON. */
const PRELUDE = `
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CredentialSession, FileCredentialStore, ProfileSet, versionedFormat } from ${JSON.stringify(ENTRY)};
const path = process.argv[2];
const format = versionedFormat({ parse: (value) => value });
const open = () => new FileCredentialStore({ path, format });
const sh = (script) => execFileSync("sh", ["-c", script, "sh", path], { stdio: "ignore" });
let requests = 0;
const sessionOn = (store, during = () => {}) => new CredentialSession({
  store,
  refresh: async (old) => { requests += 1; during(); return { token: "new-" + requests, refresh: "r" + requests, expiresAt: Date.now() + 3_600_000 }; },
  expiresAt: ({ expiresAt }) => expiresAt,
  version: ({ token }) => token,
});
const tokenOf = (promise) => promise.then((credentials) => credentials?.token, ({ code, message }) => ({ code, message }));
const show = (value) => console.log(JSON.stringify(value ?? null));
const beside = () => readdirSync(dirname(path)).filter((name) => /\\.(tmp|unsaved|spare)$/.test(name)).length;
const stored = () => JSON.parse(readFileSync(path, "utf8")).credentials?.token;
const prepare = (token = "old") => writeFileSync(path, JSON.stringify({ version: 1, credentials: { token, refresh: "r", expiresAt: 1 } }));
`;

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "axio-mount-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

/** Runs a scenario in a mount namespace after a shell script, and returns what it shows. */
async function scenario(mount: string, code: string): Promise<readonly unknown[]> {
  const script = join(directory, "scenario.mjs");
  await writeFile(script, `${PRELUDE}\n${code}`);
  const path = join(directory, "disk", "codex.json");
  const shell = `mkdir -p "$1/disk"; cd "$1"; ${mount}; exec "$2" "$3" "$4"`;
  const args = ["-m", "sh", "-c", shell, "sh", directory, process.execPath, script, path];
  const { stdout } = await run("unshare", args, { env: { PATH: process.env["PATH"], HOME: directory } });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

const BIND = 'echo "{}" > other; touch disk/codex.json; mount --bind other disk/codex.json';

describe("a file that is a mount point", needs(LINUX, MOUNTS), () => {
  test("is refreshed in place, and the next process reads the new token", async () => {
    const shown = await scenario(
      BIND,
      `prepare(); show(await tokenOf(sessionOn(open()).get())); show(stored()); show(await tokenOf(open().load())); show([requests, beside()]);`,
    );
    expect(shown).toEqual(["new-1", "new-1", "new-1", [1, 0]]);
  });

  test("takes longer and shorter sign-ins, a sign-out, and a new sign-in", async () => {
    const shown = await scenario(
      BIND,
      `for (const token of ["a".repeat(9_000), "b", undefined, "c"]) {
        await open().update(async () => token && { token });
        show((await open().load())?.token.length);
      }
      show([JSON.parse(readFileSync(path, "utf8")).credentials.token, existsSync(path), beside()]);`,
    );
    expect(shown).toEqual([9_000, 1, null, 1, ["c", true, 0]]);
  });

  test("can be the list of profiles", async () => {
    const shown = await scenario(
      "mkdir axio; echo '{}' > other; touch axio/codex.profiles.json; mount --bind other axio/codex.profiles.json",
      `const environment = { env: { XDG_CONFIG_HOME: process.env.HOME } };
      const profiles = new ProfileSet({ provider: "codex", format });
      await profiles.use({ profile: "work" }, environment);
      show((await profiles.read(environment)).current);`,
    );
    expect(shown).toEqual(["work"]);
  });

  test("that is read-only: the refresh token is not used", async () => {
    const shown = await scenario(
      `${BIND}`,
      `prepare(); sh('mount -o remount,ro,bind "$1"');
      show(await tokenOf(sessionOn(open()).get())); show([stored(), requests, beside()]);`,
    );
    expect(shown).toEqual([
      { code: "store-unavailable", message: expect.stringMatching(/not refreshed.*EROFS.*read-only/) },
      ["old", 0, 0],
    ]);
  });

  test("that becomes read-only in mid-refresh: the new token is kept beside it, and saved later", async () => {
    const shown = await scenario(
      BIND,
      `prepare(); const store = open();
      const session = sessionOn(store, () => sh('mount -o remount,ro,bind "$1"'));
      show(await tokenOf(session.get())); show([stored(), await tokenOf(store.load()), beside()]);
      // Another process, before and after the file can be written again.
      show(await tokenOf(sessionOn(open()).get()));
      sh('mount -o remount,rw,bind "$1"');
      show(await tokenOf(sessionOn(open()).get())); show([stored(), requests, beside()]);`,
    );
    expect(shown).toEqual(["new-1", ["old", "new-1", 1], "new-1", "new-1", ["new-1", 1, 0]]);
  });

  test("that was truncated by a crash: the text that was being written is read", async () => {
    const shown = await scenario(
      BIND,
      `prepare(); const store = open();
      await tokenOf(sessionOn(store, () => sh('mount -o remount,ro,bind "$1"')).get());
      sh('mount -o remount,rw,bind "$1"'); writeFileSync(path, '{"version":1,"cred');
      show(await tokenOf(open().load())); show(await tokenOf(open().update(async (current) => current)));
      show([stored(), requests, beside()]);`,
    );
    expect(shown).toEqual(["new-1", "new-1", ["new-1", 1, 0]]);
  });

  test("a text that another program wrote meanwhile wins over one that is kept", async () => {
    const shown = await scenario(
      BIND,
      `prepare();
      await tokenOf(sessionOn(open(), () => sh('mount -o remount,ro,bind "$1"')).get());
      sh('mount -o remount,rw,bind "$1"'); prepare("theirs");
      await open().update(async (current) => ({ ...current, seen: true }));
      show([stored(), beside()]);`,
    );
    expect(shown).toEqual([["theirs", 0]]);
  });
});

const SMALL = "mount -t tmpfs -o size=64k,nr_inodes=40 tmpfs disk";

describe("a disk without space", needs(LINUX, MOUNTS), () => {
  test.each([
    [
      "no page",
      `writeFileSync(dirname(path) + "/filler", "x".repeat(40_000)); try { writeFileSync(dirname(path) + "/more", "x".repeat(40_000)); } catch {}`,
    ],
    ["no inode", `try { for (let n = 0; ; n += 1) writeFileSync(dirname(path) + "/" + n, ""); } catch {}`],
  ])("%s left: the refresh token is not used", async (_, fill) => {
    const shown = await scenario(
      SMALL,
      `prepare(); await open().update(async (current) => ({ ...current })); ${fill}
      show(await tokenOf(sessionOn(open()).get())); show([stored(), requests, beside()]);`,
    );
    expect(shown).toEqual([
      { code: "store-unavailable", message: expect.stringMatching(/ENOSPC.*free some space/) },
      ["old", 0, 0],
    ]);
  });

  test("that is filled in mid-refresh: the reserved space suffices", async () => {
    const fill = `const fill = () => { for (let n = 0; n < 40; n += 1) try { writeFileSync(dirname(path) + "/" + n, "x".repeat(4_000)); } catch {} };`;
    const shown = await scenario(
      SMALL,
      `prepare(); ${fill} show(await tokenOf(sessionOn(open(), fill).get())); show([stored(), requests, beside()]);`,
    );
    expect(shown).toEqual(["new-1", ["new-1", 1, 0]]);
  });

  test("that becomes read-only in mid-refresh: the token stays in memory, and is saved without another request", async () => {
    const shown = await scenario(
      SMALL,
      `prepare(); const session = sessionOn(open(), () => sh('mount -o remount,ro "$(dirname "$1")"'));
      show(await tokenOf(session.get())); show(stored());
      sh('mount -o remount,rw "$(dirname "$1")"');
      show(await tokenOf(session.get())); show([stored(), requests, beside()]);`,
    );
    expect(shown).toEqual([
      { code: "store-unavailable", message: expect.stringContaining("EROFS") },
      "old",
      "new-1",
      ["new-1", 1, 0],
    ]);
  });

  test("a missing directory on a read-only disk is reported as such", async () => {
    const shown = await scenario(
      `${SMALL}; mount -o remount,ro disk`,
      `const store = new FileCredentialStore({ path: dirname(path) + "/a/b/codex.json", format });
      show(await tokenOf(store.update(async () => ({ token: "x" }))));`,
    );
    expect(shown).toEqual([
      { code: "store-unavailable", message: expect.stringMatching(/EROFS.*read-only/) },
    ]);
  });
});
