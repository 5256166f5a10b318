import { existsSync } from "node:fs";
import type { LoginMethod } from "./sign-in-prompts.ts";

/** What matters for a sign-in of where the program runs. */
export interface LoginEnvironment {
  /** In a session on another machine. */
  readonly ssh: boolean;
  readonly container: boolean;
  /** On Linux inside Windows, whose browser can be used. */
  readonly wsl: boolean;
  /** In a build pipeline, where nobody can answer. */
  readonly ci: boolean;
  /** A screen on which a browser could appear. */
  readonly display: boolean;
  /** The method to start with. A person may choose another. */
  readonly suggested: LoginMethod;
}

/** What {@link detectEnvironment} looks at. */
export interface EnvironmentInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Tells whether a file is there. Default: looks. */
  readonly fileExists?: ((path: string) => boolean) | undefined;
  /** Whether the server offers a sign-in with a device code. Default `true`; if not, `paste` takes its place. */
  readonly deviceCode?: boolean | undefined;
}

/**
 * Finds out where the program runs, and how a sign-in should start there: in the browser where there is one that can
 * call back, with a device code elsewhere.
 */
export function detectEnvironment(input: EnvironmentInput): LoginEnvironment {
  const { env, platform, fileExists = existsSync, deviceCode = true } = input;
  const set = (...names: string[]): boolean => names.some((name) => Boolean(env[name]));
  const ssh = set("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY");
  const container =
    set("container", "KUBERNETES_SERVICE_HOST", "REMOTE_CONTAINERS", "CODESPACES") ||
    (platform === "linux" && (fileExists("/.dockerenv") || fileExists("/run/.containerenv")));
  const wsl = platform === "linux" && isWsl(env);
  const ci =
    env["CI"] !== "false" && env["CI"] !== "0" && set("CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILD_NUMBER");
  const hasScreen = platform === "darwin" || platform === "win32" || wsl;
  const display = hasScreen || set("DISPLAY", "WAYLAND_DISPLAY");
  // A forwarded display (ssh -X) shows a browser of the far machine, where the callback arrives: but it is slow, and
  // mostly there is none. A container's callback port is not reachable from outside.
  const local = display && !ssh && !container && !ci;
  return { ssh, container, wsl, ci, display, suggested: local ? "browser" : deviceCode ? "device" : "paste" };
}

/** Tells whether this is Linux inside Windows. */
export function isWsl(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env["WSL_DISTRO_NAME"] || env["WSL_INTEROP"]);
}
