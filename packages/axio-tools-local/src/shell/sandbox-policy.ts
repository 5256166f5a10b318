import { posix } from "node:path";

/** The rights of a command in the sandbox. All paths are absolute and without symbolic links. */
export interface SandboxPolicy {
  /** The working directory. Commands may write in it. */
  readonly directory: string;
  /** A directory of these tools alone, which commands see as the system's temporary directory. */
  readonly temporaryDirectory: string;
  /** The system's temporary directories. */
  readonly systemTemporaryDirectories: readonly string[];
  /** Paths in the working directory that commands may not write. */
  readonly readOnly: readonly SandboxPath[];
  /** Paths in the working directory that commands may not move or remove. */
  readonly pinned: readonly SandboxPath[];
  /** Credentials. Commands cannot read them. */
  readonly hidden: readonly SandboxPath[];
  /** Paths below `/run` that programs need. */
  readonly runPaths: readonly string[];
  readonly network: boolean;
}

/** An existing path. */
export interface SandboxPath {
  readonly path: string;
  readonly isDirectory: boolean;
}

/** Places below the home directory that file tools may read, but that hold passwords and sockets. */
const OTHER_PLACES: readonly string[] = [
  ".codex",
  ".claude",
  ".gemini",
  ".docker",
  ".config/rclone",
  ".config/1Password",
  ".1password",
  ".config/Bitwarden",
  ".local/share/kwalletd",
  ".mozilla",
  ".config/google-chrome",
  ".config/chromium",
  ".config/BraveSoftware",
  ".config/microsoft-edge",
  ".Xauthority",
  ".electrum",
  ".bitcoin",
  "Library/Cookies",
  "Library/Application Support/Google/Chrome",
  "Library/Application Support/Firefox",
  "Library/Application Support/1Password",
];

/**
 * Returns the places in a home directory that the sandbox hides, relative to it: those that a list of credential files names
 * as a whole. Other files of the list, such as `.env` in a project, are visible to commands, which need them.
 *
 * @param patterns Patterns of `.gitignore`, with `~` for the home directory. `!` allows a place.
 */
export function hiddenPlaces(patterns: readonly string[]): readonly string[] {
  const places = new Set(OTHER_PLACES);
  for (const pattern of patterns) {
    const place = pattern.replace(/^!?(?:~\/)?/, "").replace(/\/\*\*$/, "");
    const isInHome = /^!?~\//.test(pattern) || !/^!?[^/]*\//.test(pattern);
    if (place === "" || !isInHome || /[*?[]/.test(place)) continue;
    if (pattern.startsWith("!")) places.delete(place);
    else places.add(place);
  }
  return [...places];
}

/** Variables that lead to the user's desktop and agents, which could start programs outside of the sandbox. */
export const DESKTOP_VARIABLES: readonly string[] = [
  "DBUS_SESSION_BUS_ADDRESS",
  "DISPLAY",
  "WAYLAND_DISPLAY",
  "XAUTHORITY",
  "SSH_AUTH_SOCK",
  "SSH_AGENT_PID",
  "GPG_AGENT_INFO",
  "TMUX",
  "STY",
];

/** Returns whether a path is a directory or inside of it. */
export function isInside(path: string, directory: string): boolean {
  const relative = posix.relative(directory, path);
  return relative === "" || (relative !== ".." && !relative.startsWith("../"));
}
