import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { FileCredentialStore, ProfileSet } from "../src/index.ts";
import { type Credentials, FORMAT } from "./support/credentials.ts";

const CREDENTIALS: Credentials = { accessToken: "a", refreshToken: "r", expiresAt: 1, accountId: "1" };
const TEXT = JSON.stringify({ version: 1, generation: 1, credentials: CREDENTIALS });
const LIST = JSON.stringify({ version: 1, default: "work", stores: {} });

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "axio-bom-"));
  await mkdir(join(directory, "axio"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

const environment = () => ({
  env: { XDG_CONFIG_HOME: directory, HOME: directory },
  platform: "linux" as const,
});
const openStore = (path: string) => new FileCredentialStore<Credentials>({ path, format: FORMAT });

describe("UTF-8 with a byte order mark", () => {
  test("is read, and replaced by a file without one", async () => {
    const path = join(directory, "x.json");
    await writeFile(path, `\ufeff${TEXT}`);
    expect(await openStore(path).load()).toEqual(CREDENTIALS);
    await openStore(path).update(async (current) => current && { ...current, accessToken: "b" });
    expect((await readFile(path, "utf8")).startsWith("{")).toBe(true);
  });

  test("is read as a list of profiles", async () => {
    await writeFile(join(directory, "axio", "codex.profiles.json"), `\ufeff${LIST}`);
    const profiles = new ProfileSet({ provider: "codex", format: FORMAT });
    expect((await profiles.read(environment())).current).toBe("work");
  });
});

/** The encodings of editors that are not UTF-8. */
const ENCODINGS: readonly (readonly [string, (text: string) => Buffer])[] = [
  ["UTF-16 (little-endian)", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
  ["UTF-16 (big-endian)", (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ["UTF-16 without a mark", (text) => Buffer.from(text, "utf16le")],
  ["UTF-16 (big-endian) without a mark", (text) => Buffer.from(text, "utf16le").swap16()],
];

describe.each(ENCODINGS)("%s", (_, encode) => {
  test("is named in the error about credentials, which are not changed", async () => {
    const path = join(directory, "x.json");
    await writeFile(path, encode(TEXT));
    for (const call of [() => openStore(path).load(), () => openStore(path).update(async () => CREDENTIALS)])
      await expect(call()).rejects.toMatchObject({
        code: "credentials-malformed",
        message: expect.stringMatching(/UTF-16.*Save them in UTF-8/),
      });
    expect(await readFile(path)).toEqual(encode(TEXT));
  });

  test("is named in the error about the list of profiles", async () => {
    await writeFile(join(directory, "axio", "codex.profiles.json"), encode(LIST));
    const profiles = new ProfileSet({ provider: "codex", format: FORMAT });
    await expect(profiles.read(environment())).rejects.toMatchObject({
      code: "store-unavailable",
      message: expect.stringContaining("UTF-16"),
    });
  });
});
