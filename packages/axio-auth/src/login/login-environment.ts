import { existsSync } from "node:fs";
import type { Variables } from "../store/home-dir.ts";

/** Where the program runs. */
export interface LoginEnvironment {
  readonly env: Variables;
  readonly platform: string;
  /** Default: looks in the file system. */
  readonly fileExists?: ((path: string) => boolean) | undefined;
}

/** Whether a browser can be opened whose callback reaches this machine. */
export function hasLocalBrowser({ env, platform, fileExists = existsSync }: LoginEnvironment): boolean {
  const isSet = (...names: string[]): boolean => names.some((name) => Boolean(env[name]));
  // A forwarded display (ssh -X) shows a browser of the remote machine, but it is slow, and usually there is none.
  const isSsh = isSet("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY");
  // The callback port of a container cannot be reached from outside.
  const isContainer =
    isSet("container", "KUBERNETES_SERVICE_HOST", "REMOTE_CONTAINERS", "CODESPACES") ||
    (platform === "linux" && (fileExists("/.dockerenv") || fileExists("/run/.containerenv")));
  const isCi =
    env["CI"] !== "false" && env["CI"] !== "0" && isSet("CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILD_NUMBER");
  const hasDisplay =
    platform === "darwin" ||
    platform === "win32" ||
    (platform === "linux" && isWsl(env)) ||
    isSet("DISPLAY", "WAYLAND_DISPLAY");
  return hasDisplay && !isSsh && !isContainer && !isCi;
}

/** Whether this is Linux inside Windows, whose browser can be used. */
export function isWsl(env: Variables): boolean {
  return Boolean(env["WSL_DISTRO_NAME"] || env["WSL_INTEROP"]);
}
