import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AxioError, userMessage } from "axio";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { openSessions } from "../src/index.ts";
import { toAxioError } from "../src/sqlite-error.ts";
import { openDatabase } from "./support/open-database.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const NOBODY = 65_534;

async function refusal(path: string): Promise<AxioError> {
  const error: unknown = await openSessions({ path }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!AxioError.is(error)) throw new Error(`Not refused with an AxioError: ${error}`);
  return error;
}

/** Runs SQL in a file, as another program would. */
function runSql(path: string, sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

/** Root may write anything: goes on as somebody else, to whom the folder is given. */
async function asOrdinaryUser(folder: string, work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  for (const name of ["", ...readdirSync(folder)]) chownSync(join(folder, name), NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("opening", () => {
  it("makes the folder and the file for their owner alone", async () => {
    const path = join(temporaryFolder(), "state", "axio", "sessions.db");
    const database = await openDatabase(path);
    await database.create([userMessage("Hi")]);
    if (process.platform === "win32") return;
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
  });

  it("takes any name for a file's, and a link for what it points to", async () => {
    const folder = temporaryFolder();
    const database = await openDatabase(join(folder, "file:a?mode=memory"));
    const { id } = await database.create([userMessage("Hi")]);
    await database.close();
    symlinkSync(database.path, join(folder, "link.db"));
    expect(await (await (await openDatabase(join(folder, "link.db"))).open(id)).history()).toHaveLength(1);
  });

  it("refuses the file of a newer version, and leaves it as it is", async () => {
    const database = await openDatabase();
    await database.create([userMessage("Hi")]);
    await database.close();
    runSql(
      database.path,
      "PRAGMA user_version = 7; CREATE TABLE novelty (x); PRAGMA wal_checkpoint(TRUNCATE)",
    );
    const before = readFileSync(database.path);
    const error = await refusal(database.path);
    expect(error).toMatchObject({ code: "store-unavailable", retryable: false });
    expect(error.message).toContain("newer version of axio (format 7; this one knows 1)");
    expect(readFileSync(database.path).equals(before)).toBe(true);
  });

  it("writes no more into a file that a newer version has changed meanwhile", async () => {
    const database = await openDatabase();
    const store = await database.create([userMessage("Hi")]);
    runSql(database.path, "PRAGMA user_version = 2");
    for (const write of [
      store.append([userMessage("x")]),
      store.fork(),
      database.create(),
      database.delete(store.id),
    ])
      await expect(write).rejects.toThrow(/newer version of axio \(format 2/);
    expect(await store.history()).toHaveLength(1);
  });

  it("refuses another program's database, and leaves it as it is", async () => {
    const path = join(temporaryFolder(), "other.db");
    runSql(path, "CREATE TABLE session (x); INSERT INTO session VALUES (1)");
    const before = readFileSync(path);
    expect((await refusal(path)).message).toContain("database of another program");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("refuses what is no database, and leaves it as it is", async () => {
    const path = join(temporaryFolder(), "notes.txt");
    writeFileSync(path, "My notes.\n".repeat(500));
    expect(await refusal(path)).toMatchObject({ code: "store-unavailable" });
    expect((await refusal(path)).message).toContain("is no SQLite database");
    expect(readFileSync(path, "utf8")).toBe("My notes.\n".repeat(500));
  });

  it("refuses a folder, a path below a file, and a device", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "sessions.db"));
    writeFileSync(join(folder, "file"), "");
    for (const path of [join(folder, "sessions.db"), join(folder, "file", "sessions.db"), "/dev/null"]) {
      const error = await refusal(path);
      expect(error.code).toBe("store-unavailable");
      expect(error.message).toContain("Name a file in a folder that you may write");
    }
  });

  it.skipIf(process.platform === "win32")(
    "reads a file that cannot be written, and says what to do on writing",
    async () => {
      const database = await openDatabase();
      const { id } = await database.create([userMessage("Hi")]);
      await database.close();
      chmodSync(database.path, 0o400);
      await asOrdinaryUser(join(database.path, ".."), async () => {
        const again = await openDatabase(database.path);
        const store = await again.open(id);
        expect(await store.history()).toHaveLength(1);
        const error: unknown = await store.append([userMessage("x")]).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: "store-unavailable" });
        expect(error).toMatchObject({
          message: expect.stringContaining("cannot be written. Give yourself the right"),
        });
        await again.close();
        chmodSync(database.path, 0);
        expect((await refusal(database.path)).message).toContain("cannot be opened");
      });
    },
  );

  it("stores nothing where the file fails in the middle of a write, and goes on afterwards", async () => {
    const database = await openDatabase();
    const store = await database.create([userMessage("Hi")]);
    const trigger = "BEFORE INSERT ON message WHEN new.position = 2 BEGIN SELECT RAISE(ABORT, 'full'); END";
    runSql(database.path, `CREATE TRIGGER failure ${trigger}`);
    const two = [userMessage("one"), userMessage("two")];
    await expect(store.append(two)).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await store.history()).toHaveLength(1);
    runSql(database.path, "DROP TRIGGER failure");
    await store.append(two);
    expect(await store.history()).toHaveLength(3);
    expect(await database.list({ search: "one" })).toHaveLength(1);
  });

  it("names a session that a later version has written into, and changes nothing", async () => {
    const database = await openDatabase();
    const store = await database.create([userMessage("Hi")]);
    runSql(database.path, `UPDATE body SET json = '{"role":"user","content":[{"type":"hologram"}]}'`);
    await expect((await database.open(store.id)).history()).rejects.toThrow(
      /holds what this version of axio cannot read. Update axio.*"hologram"/,
    );
  });
});

describe("an error of SQLite", () => {
  const failure = (code: string): Error => Object.assign(new Error("disk image"), { code });

  it.each([
    ["SQLITE_READONLY_DBMOVED", "cannot be written"],
    ["SQLITE_FULL", "disk of /x.db is full"],
    ["SQLITE_IOERR_FSYNC", "reported an error"],
    ["SQLITE_CORRUPT_VTAB", "are damaged"],
    ["SQLITE_MISUSE", "could not be used (SQLITE_MISUSE)"],
  ])("says of %s what to do", (code, words) => {
    const cause = failure(code);
    const error = toAxioError(cause, "/x.db");
    expect(error).toMatchObject({ code: "store-unavailable", retryable: false, cause });
    expect((error as Error).message).toContain(words);
  });

  it("is to be tried again where another process was in the way", () => {
    expect(toAxioError(failure("SQLITE_BUSY"), "/x.db")).toMatchObject({
      code: "store-locked",
      retryable: true,
    });
  });

  it("is left as it is where it comes from elsewhere", () => {
    const error = new TypeError("x");
    expect(toAxioError(error, "/x.db")).toBe(error);
  });
});
