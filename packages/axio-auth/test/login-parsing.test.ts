import { describe, expect, it } from "vitest";
import { browserCommands, detectEnvironment, openBrowser, parsePastedCallback } from "../src/index.ts";

const STATE = "state-1";
const REDIRECT = "http://localhost:1455/auth/callback";

describe("parsePastedCallback", () => {
  it.each([
    ["the whole address", `${REDIRECT}?code=ac_1&state=${STATE}`],
    ["an address that the terminal broke into lines", `${REDIRECT}?code=ac\n  _1&state=sta\r\nte-1 `],
    ["an address in quotes", `"${REDIRECT}?code=ac_1&state=${STATE}"`],
    [
      "an address in the marks of a terminal's paste",
      `\u001b[200~${REDIRECT}?code=ac_1&state=${STATE}\u001b[201~`,
    ],
    ["a query", `?code=ac_1&state=${STATE}`],
    ["a query without its mark, in another order", `state=${STATE}&scope=a+b&code=ac_1`],
    ["code#state", `ac_1#${STATE}`],
  ])("reads %s", (_, text) => {
    expect(parsePastedCallback(text, { state: STATE, redirectUri: REDIRECT })).toMatchObject({
      code: "ac_1",
      state: STATE,
    });
  });

  it("reads a bare code, which has no state", () => {
    const pasted = parsePastedCallback("  ac_1-x.y~z \n", { state: STATE });
    expect(pasted.code).toBe("ac_1-x.y~z");
    expect(pasted).not.toHaveProperty("state");
    expect(parsePastedCallback("ac_1\n  -x.y~z", { state: STATE }).code).toBe("ac_1-x.y~z");
  });

  it("keeps the members that only one provider knows", () => {
    const pasted = parsePastedCallback(`code=c&state=${STATE}&client_id=issued`, { state: STATE });
    expect(pasted.params.get("client_id")).toBe("issued");
  });

  it.each([
    ["an address", `${REDIRECT}?code=c&state=other`],
    ["code#state", "c#other"],
    ["a refusal", "error=access_denied&state=other"],
  ])("refuses %s of another sign-in", (_, text) => {
    expect(() => parsePastedCallback(text, { state: STATE })).toThrow(
      expect.objectContaining({ code: "login-failed", message: expect.stringContaining("another sign-in") }),
    );
  });

  it("tells of a refusal", () => {
    expect(() =>
      parsePastedCallback(`${REDIRECT}?error=access_denied&state=${STATE}`, { state: STATE }),
    ).toThrow(expect.objectContaining({ code: "login-denied" }));
  });

  it("quotes the server's reason as a part of the sentence", () => {
    const text = `?error=access_denied&error_description=You+said+no.&state=${STATE}`;
    expect(() => parsePastedCallback(text, { state: STATE })).toThrow(
      "The sign-in was not approved: You said no (access_denied). Start it again if that was a mistake.",
    );
  });

  it.each([
    ["nothing", "", "neither"],
    ["a sentence", "what should I paste?", "neither"],
    ["words that could be a code if they were one", "nonsense words", "neither"],
    ["the address to sign in at", "https://auth.test/authorize?code_challenge=x&state=y", "sign in at"],
    ["an address without a code", "http://localhost:1455/success", "no code"],
    ["another address", `http://localhost:9/auth/callback?code=c&state=${STATE}`, "not the one"],
  ])("asks again for %s", (_, text, message) => {
    expect(() => parsePastedCallback(text, { state: STATE, redirectUri: REDIRECT })).toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringContaining(message) }),
    );
  });
});

describe("browserCommands", () => {
  const url = `https://auth.test/authorize?a=1&b=2&c="quoted 'text'"&d=$(id)\`id\`%PATH%|x^y`;
  const href = new URL(url).href;

  it.each([
    ["darwin", {}, [["open", href]]],
    ["win32", {}, [["rundll32", "url.dll,FileProtocolHandler", href]]],
    ["linux", {}, [["xdg-open", href]]],
    [
      "linux",
      { WSL_DISTRO_NAME: "Debian" },
      [
        ["wslview", href],
        ["rundll32.exe", "url.dll,FileProtocolHandler", href],
        ["xdg-open", href],
      ],
    ],
  ] as const)("passes the whole address as one argument on %s %o", (platform, env, expected) => {
    const commands = browserCommands(url, platform, env);
    expect(commands.map(({ command, args }) => [command, ...args])).toEqual(expected);
    expect(href).toContain("&b=2");
    expect(href).not.toMatch(/["\s]/);
  });

  it.each(["http://auth.test/", "file:///etc/passwd", "javascript:alert(1)", "--help", "ms-settings:x"])(
    "refuses %s",
    async (address) => {
      expect(() => browserCommands(address, "linux", {})).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
      expect(await openBrowser(address)).toBe(false);
    },
  );

  it("opens an address of this machine", () => {
    expect(browserCommands("http://127.0.0.1:8080/x", "darwin", {})).toHaveLength(1);
  });

  it("says when no program could be started", async () => {
    expect(await openBrowser("https://auth.test/", "linux", { PATH: "/nowhere" })).toBe(false);
  });

  it("says when a program was started", async () => {
    // `true` ignores its arguments: the stand-in for a browser, found under the name of the opener.
    const { mkdtempSync, rmSync, symlinkSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const folder = mkdtempSync(`${tmpdir()}/axio-browser-`);
    symlinkSync("/bin/true", `${folder}/xdg-open`);
    expect(await openBrowser("https://auth.test/", "linux", { PATH: folder })).toBe(true);
    rmSync(folder, { recursive: true });
  });
});

describe("detectSurroundings", () => {
  const none = (): boolean => false;

  it.each([
    ["a Mac", "darwin", {}, "browser"],
    ["Windows", "win32", {}, "browser"],
    ["Linux with a screen", "linux", { DISPLAY: ":0" }, "browser"],
    ["Linux with Wayland", "linux", { WAYLAND_DISPLAY: "wayland-0" }, "browser"],
    ["Linux without a screen", "linux", {}, "device"],
    ["Linux inside Windows", "linux", { WSL_DISTRO_NAME: "Debian" }, "browser"],
    ["a Mac over SSH", "darwin", { SSH_CONNECTION: "1 2 3 4" }, "device"],
    ["SSH with a forwarded screen", "linux", { SSH_TTY: "/dev/pts/0", DISPLAY: "localhost:10" }, "device"],
    ["a codespace", "linux", { CODESPACES: "true", DISPLAY: ":0" }, "device"],
    ["a pipeline", "linux", { CI: "true", DISPLAY: ":0" }, "device"],
    ["CI=false", "darwin", { CI: "false" }, "browser"],
  ] as const)("suggests for %s", (_, platform, env, suggested) => {
    expect(detectEnvironment({ platform, env, fileExists: none }).suggested).toBe(suggested);
  });

  it("knows a container by its marker file", () => {
    const found = detectEnvironment({
      platform: "linux",
      env: { DISPLAY: ":0" },
      fileExists: (path) => path === "/.dockerenv",
    });
    expect(found).toMatchObject({ container: true, suggested: "device" });
  });

  it("suggests pasting where the server knows no device code", () => {
    const found = detectEnvironment({ platform: "linux", env: {}, fileExists: none, deviceCode: false });
    expect(found.suggested).toBe("paste");
  });
});
