import { expect, it } from "vitest";
import { defaultSessionsPath } from "../src/index.ts";

it("depends on the platform, and on XDG_STATE_HOME if it is absolute", () => {
  const homeDir = "/home/ada";
  expect(defaultSessionsPath({ env: {}, platform: "linux", homeDir })).toBe(
    "/home/ada/.local/state/axio/sessions.db",
  );
  expect(defaultSessionsPath({ env: { XDG_STATE_HOME: "/s" }, platform: "linux", homeDir })).toBe(
    "/s/axio/sessions.db",
  );
  expect(defaultSessionsPath({ env: { XDG_STATE_HOME: "s" }, platform: "linux", homeDir })).toMatch(
    /^\/home\/ada/,
  );
  expect(defaultSessionsPath({ env: {}, platform: "darwin", homeDir })).toBe(
    "/home/ada/Library/Application Support/axio/sessions.db",
  );
  expect(defaultSessionsPath({ env: { LOCALAPPDATA: "C:\\L" }, platform: "win32", homeDir: "C:\\U" })).toBe(
    "C:\\L\\axio\\sessions.db",
  );
  expect(defaultSessionsPath({ env: {}, platform: "win32", homeDir: "C:\\U" })).toBe(
    "C:\\U\\AppData\\Local\\axio\\sessions.db",
  );
});

it("is never relative to the working directory", () => {
  expect(() => defaultSessionsPath({ env: {}, platform: "linux", homeDir: "" })).toThrow(
    /Set HOME, or pass a path/,
  );
});
