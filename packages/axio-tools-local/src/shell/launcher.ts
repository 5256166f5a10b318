import { randomUUID } from "node:crypto";
import { existsSync, lstatSync, mkdtempSync, realpathSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { toolError } from "../tool-error.ts";
import { bubblewrapArguments, SUPERVISOR } from "./bubblewrap.ts";
import { type FoundSandbox, findSandbox } from "./find-sandbox.ts";
import { guardGit, RUN_BY_GIT } from "./git-guard.ts";
import { MARK_VARIABLE } from "./marked-processes.ts";
import {
  DESKTOP_VARIABLES,
  hiddenPlaces,
  isInside,
  type SandboxPath,
  type SandboxPolicy,
} from "./sandbox-policy.ts";
import { seatbeltProfile } from "./seatbelt.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether commands run in a sandbox: always or not at all, if the system has one, or never. */
export type SandboxMode = "require" | "auto" | "off";

/** Options of {@link Launcher}. */
export interface LauncherOptions {
  /** The working directory, absolute and without symbolic links. */
  readonly directory: string;
  readonly env: Environment;
  readonly sandbox: SandboxMode;
  /** Whether commands in the sandbox have a network. */
  readonly network: boolean;
  /** The credential files that commands in the sandbox cannot read, as patterns of `.gitignore`. */
  readonly credentialFiles: readonly string[];
}

/** How to start a command. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Environment;
  readonly directory: string;
  /** The sandbox reports on its own file descriptors. */
  readonly isSupervised: boolean;
  /** Marks the processes of the command in their environment. */
  readonly mark: string | undefined;
  /** Paths where nothing is now, and where the command must leave nothing. */
  readonly mustStayMissing: readonly string[];
}

/** Starts commands, in a sandbox if there is one. */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #shell: readonly [program: string, ...args: string[]];
  #policy: SandboxPolicy | undefined;

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#shell = findShell(options.env);
  }

  /** The path of the shell. */
  get shell(): string {
    return this.#shell[0];
  }

  get mode(): SandboxMode {
    return this.#options.sandbox;
  }

  get network(): boolean {
    return this.#options.network;
  }

  /**
   * Finds the sandbox, unless it is off.
   *
   * @throws AxioError `invalid-argument` if a sandbox is required and not available.
   */
  async findSandbox(): Promise<FoundSandbox> {
    const { sandbox, network } = this.#options;
    if (sandbox === "off") return { kind: "none", reason: "it is turned off" };
    const found = await findSandbox(network);
    if (sandbox === "require" && found.kind === "none") {
      throw toolError(
        `No command can run: the settings require a sandbox, and ${found.reason}. Install it, or set "sandbox" to "auto" or "off".`,
      );
    }
    return found;
  }

  /** Returns how to start a command in a sandbox, or without one. */
  launch(command: string, sandbox: FoundSandbox): Launch {
    const { directory, env } = this.#options;
    const [program, ...options] = this.#shell;
    const args = [...options, command];
    if (sandbox.kind === "none") {
      const mark = randomUUID();
      return {
        program,
        args,
        env: { ...env, [MARK_VARIABLE]: mark },
        directory,
        isSupervised: false,
        mark,
        mustStayMissing: [],
      };
    }
    const { policy, missing } = this.#currentPolicy();
    const inside = withoutVariables(env, DESKTOP_VARIABLES);
    if (sandbox.kind === "seatbelt") {
      const denied = missing.map((path) => ({ path, isDirectory: true }));
      const profile = seatbeltProfile({ ...policy, readOnly: [...policy.readOnly, ...denied] });
      return {
        program: sandbox.program,
        args: ["-p", profile, program, ...args],
        env: inside,
        directory,
        isSupervised: false,
        mark: undefined,
        mustStayMissing: [],
      };
    }
    const supervised = ["--", "/bin/sh", "-c", SUPERVISOR, "sh", program, ...args];
    return {
      program: sandbox.program,
      args: [...bubblewrapArguments(policy), ...supervised],
      env: { ...inside, TMPDIR: tmpdir() },
      directory,
      isSupervised: true,
      mark: undefined,
      mustStayMissing: missing,
    };
  }

  /** Deletes the temporary directory of the sandbox. */
  close(): void {
    if (this.#policy === undefined) return;
    process.off("exit", this.#removeTemporaryDirectory);
    this.#removeTemporaryDirectory();
    this.#policy = undefined;
  }

  /**
   * Returns the policy as the directory was before the first command: a command may replace what it can write by a link, and the
   * next one must not be allowed to write where that leads. Also returns what Git would run if it existed.
   */
  #currentPolicy(): { readonly policy: SandboxPolicy; readonly missing: readonly string[] } {
    this.#policy ??= this.#createPolicy();
    const { readOnly, pinned, hidden } = this.#policy;
    const kept = pinned.filter(isUnchanged);
    const { missing, present } = guardGit(kept[0]);
    const known = readOnly.filter(isUnchanged);
    const made = present.filter(({ path }) => known.every((other) => other.path !== path));
    const policy = {
      ...this.#policy,
      readOnly: [...known, ...made],
      pinned: kept,
      hidden: hidden.filter(isUnchanged),
    };
    return { policy, missing };
  }

  #createPolicy(): SandboxPolicy {
    const { directory, network, env, credentialFiles } = this.#options;
    const home = env["HOME"] ?? homedir();
    const git = join(directory, ".git");
    const pinned = existing([git]);
    // In a worktree it is a file with the path of the repository.
    const files = pinned.filter(({ isDirectory }) => !isDirectory);
    const isWithin = ({ path }: SandboxPath): boolean => isInside(path, directory);
    return {
      directory,
      temporaryDirectory: this.#createTemporaryDirectory(),
      systemTemporaryDirectories: existing([tmpdir(), "/tmp"]).map(({ path }) => path),
      // They can make Git run programs.
      readOnly: [...files, ...existing(RUN_BY_GIT.map((name) => join(git, name)))].filter(isWithin),
      pinned: pinned.filter(isWithin),
      // A working directory inside of such a place was chosen by the user.
      hidden: existing(hiddenPlaces(credentialFiles).map((place) => join(home, place))).filter(
        ({ path }) => !isInside(directory, path),
      ),
      runPaths: [...runPaths()],
      network,
    };
  }

  #createTemporaryDirectory(): string {
    process.on("exit", this.#removeTemporaryDirectory);
    return realpathSync(mkdtempSync(join(tmpdir(), "axio-sandbox-")));
  }

  readonly #removeTemporaryDirectory = (): void => {
    if (this.#policy !== undefined) rmSync(this.#policy.temporaryDirectory, { recursive: true, force: true });
  };
}

/** Returns the paths that exist, without symbolic links, each once. */
function existing(paths: readonly string[]): readonly SandboxPath[] {
  const found = new Map<string, SandboxPath>();
  for (const path of paths) {
    try {
      const real = realpathSync(path);
      found.set(real, { path: real, isDirectory: statSync(real).isDirectory() });
    } catch {
      // It does not exist.
    }
  }
  return [...found.values()];
}

/** Tells whether a path is what it was, and not a link. */
function isUnchanged({ path, isDirectory }: SandboxPath): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isSymbolicLink() && stats.isDirectory() === isDirectory;
}

/** Returns the paths below `/run` that name resolution and NixOS need. */
function runPaths(): ReadonlySet<string> {
  const paths = new Set(["/run/current-system", "/run/booted-system", "/run/opengl-driver"]);
  for (const { path } of existing(["/etc/resolv.conf"])) if (isInside(path, "/run")) paths.add(dirname(path));
  return paths;
}

function withoutVariables(env: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** Returns bash if it is installed, because models write commands for bash. */
function findShell({ ComSpec }: Environment): readonly [string, ...string[]] {
  if (process.platform === "win32") return [ComSpec ?? "cmd.exe", "/d", "/s", "/c"];
  const bash = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"].find((path) => existsSync(path));
  return [bash ?? "/bin/sh", "-c"];
}
