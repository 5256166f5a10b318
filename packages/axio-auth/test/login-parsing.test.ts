import { describe, expect, it } from "vitest";
import { openBrowser, readAuthorizationResponse } from "../src/index.ts";
import { browserCommands } from "../src/login/browser.ts";
import { hasLocalBrowser } from "../src/login/login-environment.ts";
import { type PastedCallback, type PasteExpectation, parsePastedCallback } from "../src/login/paste.ts";

const STATE = "state-1";
const REDIRECT = "http://localhost:1455/auth/callback";

describe("parsePastedCallback", () => {
  const parse = (text: string, more: Partial<PasteExpectation> = {}): PastedCallback =>
    parsePastedCallback(text, { state: STATE, ...more });

  it.each([
    ["the whole address", `${REDIRECT}?code=ac_1&state=${STATE}`],
    ["an address that the terminal broke into lines", `${REDIRECT}?code=ac\n  _1&state=sta\r\nte-1 `],
    ["an address in quotes", `"${REDIRECT}?code=ac_1&state=${STATE}"`],
    [
      "an address in the paste marks of a terminal",
      `\u001b[200~${REDIRECT}?code=ac_1&state=${STATE}\u001b[201~`,
    ],
    [
      "an address with https, as a browser may change it",
      `https://localhost:1455/auth/callback?code=ac_1&state=${STATE}`,
    ],
    [
      "an address with another name of this machine",
      `http://127.0.0.1:1455/auth/callback?code=ac_1&state=${STATE}`,
    ],
    ["an address without its scheme", `localhost:1455/auth/callback?code=ac_1&state=${STATE}`],
    ["an IPv6 address without its scheme", `[::1]:1455/auth/callback?code=ac_1&state=${STATE}`],
    ["a query", `?code=ac_1&state=${STATE}`],
    ["a query without its question mark, in another order", `state=${STATE}&scope=a+b&code=ac_1`],
    ["code#state", `ac_1#${STATE}`],
  ])("reads %s", (_, text) => {
    const { params, state } = parse(text, { redirectUri: REDIRECT });
    expect([params.get("code"), state]).toEqual(["ac_1", STATE]);
  });

  it("reads a code alone, which has no state", () => {
    const pasted = parse("  ac_1-x.y~z \n");
    expect(pasted.params.get("code")).toBe("ac_1-x.y~z");
    expect(pasted).not.toHaveProperty("state");
    expect(parse("ac_1\n  -x.y~z").params.get("code")).toBe("ac_1-x.y~z");
  });

  it("keeps parameters of one provider only", () => {
    expect(parse(`code=c&state=${STATE}&client_id=issued`).params.get("client_id")).toBe("issued");
  });

  it.each([
    ["an address", `${REDIRECT}?code=c&state=other`],
    ["code#state", "c#other"],
    ["an error", "error=access_denied&state=other"],
  ])("rejects %s of another sign-in", (_, text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: "login-failed", message: expect.stringContaining("another sign-in") }),
    );
  });

  it.each([
    ["nothing", "", "neither"],
    ["a sentence", "what should I paste?", "neither"],
    ["words that look like codes", "nonsense words", "neither"],
    ["the address to sign in at", "https://auth.test/authorize?code_challenge=x&state=y", "sign in at"],
    ["an address without a code", "http://localhost:1455/success", "no code"],
    ["an address that is cut off", `${REDIRECT}?code=ac_1`, "incomplete"],
    ["another path", `https://localhost:1455/other?code=c&state=${STATE}`, "not the expected one"],
    ["another server", `https://auth.test:1455/auth/callback?code=c&state=${STATE}`, "not the expected one"],
    ["another address", `http://localhost:9/auth/callback?code=c&state=${STATE}`, "not the expected one"],
  ])("asks again for %s", (_, text, message) => {
    expect(() => parse(text, { redirectUri: REDIRECT })).toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringContaining(message) }),
    );
  });
});

describe("readAuthorizationResponse", () => {
  it("throws login-denied with the server's reason as part of the sentence", () => {
    const { params } = parsePastedCallback(
      `?error=access_denied&error_description=You+said+no.&state=${STATE}`,
      { state: STATE },
    );
    expect(() => readAuthorizationResponse(params)).toThrow(
      expect.objectContaining({
        code: "login-denied",
        message:
          "The sign-in was not approved: You said no (access_denied). Start it again if that was a mistake.",
      }),
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

  it.each([
    ["a program", "firefox", [["firefox", href]]],
    [
      "several programs",
      "w3m:firefox",
      [
        ["w3m", href],
        ["firefox", href],
      ],
    ],
    ["arguments", "firefox --new-window", [["firefox", "--new-window", href]]],
    ["a place for the address", "open-in '%s' now", [["open-in", href, "now"]]],
    ["a quoted path", '"/opt/my browser/run"', [["/opt/my browser/run", href]]],
    ["nothing", " ", []],
  ])("starts what BROWSER names first: %s", (_, BROWSER, expected) => {
    const commands = browserCommands(url, "linux", { BROWSER }).map(({ command, args }) => [
      command,
      ...args,
    ]);
    expect(commands).toEqual([...expected, ["xdg-open", href]]);
  });

  it.each(["http://auth.test/", "file:///etc/passwd", "javascript:alert(1)", "--help", "ms-settings:x"])(
    "rejects %s",
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

  it("returns false if no program could be started", async () => {
    expect(await openBrowser("https://auth.test/", "linux", { PATH: "/nowhere" })).toBe(false);
  });

  it("returns true if a program was started", async () => {
    // `true` ignores its arguments, so it can replace the command that opens the browser.
    const { mkdtempSync, rmSync, symlinkSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const folder = mkdtempSync(`${tmpdir()}/axio-browser-`);
    symlinkSync("/bin/true", `${folder}/xdg-open`);
    expect(await openBrowser("https://auth.test/", "linux", { PATH: folder })).toBe(true);
    rmSync(folder, { recursive: true });
  });
});

describe("hasLocalBrowser", () => {
  it.each([
    ["a Mac", "darwin", {}, true],
    ["Windows", "win32", {}, true],
    ["Linux with a display", "linux", { DISPLAY: ":0" }, true],
    ["Linux with Wayland", "linux", { WAYLAND_DISPLAY: "wayland-0" }, true],
    ["Linux without a display", "linux", {}, false],
    ["Linux inside Windows", "linux", { WSL_DISTRO_NAME: "Debian" }, true],
    ["a Mac over SSH", "darwin", { SSH_CONNECTION: "1 2 3 4" }, false],
    ["SSH with a forwarded display", "linux", { SSH_TTY: "/dev/pts/0", DISPLAY: "localhost:10" }, false],
    ["a codespace", "linux", { CODESPACES: "true", DISPLAY: ":0" }, false],
    ["a build pipeline", "linux", { CI: "true", DISPLAY: ":0" }, false],
    ["CI=false", "darwin", { CI: "false" }, true],
  ] as const)("knows %s", (_, platform, env, expected) => {
    expect(hasLocalBrowser({ platform, env, fileExists: () => false })).toBe(expected);
  });

  it("knows a container by its marker file", () => {
    const fileExists = (path: string): boolean => path === "/.dockerenv";
    expect(hasLocalBrowser({ platform: "linux", env: { DISPLAY: ":0" }, fileExists })).toBe(false);
  });
});
