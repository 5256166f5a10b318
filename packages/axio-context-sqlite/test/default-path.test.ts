import { expect, it } from "vitest";
import { defaultSessionsPath } from "../src/index.ts";

it("follows the platform, and XDG_STATE_HOME where it is absolute", () => {
  const home = "/home/ada";
  expect(defaultSessionsPath({ env: {}, platform: "linux", home })).toBe(
    "/home/ada/.local/state/axio/sessions.db",
  );
  expect(defaultSessionsPath({ env: { XDG_STATE_HOME: "/s" }, platform: "linux", home })).toBe(
    "/s/axio/sessions.db",
  );
  expect(defaultSessionsPath({ env: { XDG_STATE_HOME: "s" }, platform: "linux", home })).toMatch(
    /^\/home\/ada/,
  );
  expect(defaultSessionsPath({ env: {}, platform: "darwin", home })).toBe(
    "/home/ada/Library/Application Support/axio/sessions.db",
  );
  expect(defaultSessionsPath({ env: { LOCALAPPDATA: "C:\\L" }, platform: "win32", home: "C:\\U" })).toBe(
    "C:\\L\\axio\\sessions.db",
  );
  expect(defaultSessionsPath({ env: {}, platform: "win32", home: "C:\\U" })).toBe(
    "C:\\U\\AppData\\Local\\axio\\sessions.db",
  );
});

it("never lies below the working folder", () => {
  expect(() => defaultSessionsPath({ env: {}, platform: "linux", home: "" })).toThrow(
    /Set HOME, or name a file/,
  );
});
