import { UNKNOWN } from "./pattern.ts";
import { isRisky } from "./risky-options.ts";
import { type SimpleCommand, splitCommand } from "./split-command.ts";

/** How far a rule with a star may be trusted for a command. */
export type Reach =
  /** The command itself is all that runs. */
  | { readonly type: "plain" }
  /** It runs these commands as well, which have to be allowed by themselves. */
  | { readonly type: "runs"; readonly commands: readonly SimpleCommand[] }
  /** It can run, write or load something that its name does not say: only a rule without a star allows it. */
  | { readonly type: "open" };

const PLAIN: Reach = { type: "plain" };
const OPEN: Reach = { type: "open" };

/** Programs that run the rest of their words, if these begin with no option. */
const WRAPPERS = [
  ..."sudo doas env nice ionice nohup setsid stdbuf time timeout command builtin exec xargs chronic busybox toybox".split(
    " ",
  ),
];
const SHELLS = "sh bash zsh dash ksh mksh ash fish csh tcsh yash oksh pwsh powershell nu elvish xonsh".split(
  " ",
);
/** Programs that run commands in other ways. */
const OPEN_PROGRAMS = (
  "eval source . trap su runuser pkexec parallel watch flock script chroot unshare nsenter setpriv strace ltrace gdb lldb " +
  "systemd-run at batch crontab expect unbuffer socat nc ncat ssh mosh docker podman kubectl " +
  "caffeinate arch xvfb-run dbus-run-session taskset chrt numactl gtimeout proot fakeroot firejail bwrap entr hyperfine " +
  "concurrently cross-env dotenv dotenvx faketime valgrind perf tmux screen rlwrap torsocks torify proxychains proxychains4 " +
  "sshpass su-exec gosu run-parts start-stop-daemon setarch linux32 linux64 prlimit choom systemd-inhibit sg " +
  "export readonly bind complete compgen fc getopts wait " +
  "alias enable hash coproc mapfile readarray let declare typeset local printf read unset test ["
).split(" ");
/** Programs that run the words after a sub-command. */
const RUNNERS: readonly (readonly [program: RegExp, subCommand: RegExp])[] = [
  [/^(?:uv|poetry|pdm|pipenv|rye|pixi|hatch)$/, /^run$/],
  [/^(?:bundle|mise|rbenv|pyenv|opam)$/, /^exec$/],
  // They run what they build of the folder, or a program that they download.
  [
    /^(?:dotnet|swift|cabal|stack|conda|micromamba|devbox|nix|uv|mise|direnv|op|doppler)$/,
    /^(?:run|exec|shell|develop|tool|x)$/,
  ],
];

/** Says what else a command runs. */
export function reachOf(command: SimpleCommand): Reach {
  const [program = "", ...rest] = command.words;
  if (command.words.length === 0) return PLAIN;
  if (program.includes(UNKNOWN)) return OPEN;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (WRAPPERS.includes(name)) return wrapped(name, rest, command.assignments);
  if (SHELLS.includes(name)) return shell(rest);
  if (OPEN_PROGRAMS.includes(name)) return OPEN;
  const inner = runnerWords(command.words);
  if (inner?.[0] !== undefined && !inner[0].startsWith("-") && !inner[0].includes(UNKNOWN))
    return { type: "runs", commands: [{ assignments: command.assignments, words: inner }] };
  return inner !== undefined || isRisky(name, rest) ? OPEN : PLAIN;
}

/** The words that a program such as `uv run` runs. Empty if they are not known. Undefined for other programs. */
export function runnerWords([program = "", ...rest]: readonly string[]): readonly string[] | undefined {
  const name = program.slice(program.lastIndexOf("/") + 1);
  const first = rest.find((word) => !word.startsWith("-")) ?? "";
  const matching = RUNNERS.filter(([runner, sub]) => runner.test(name) && sub.test(first));
  if (matching.length === 0) return undefined;
  const runsWords = matching[0] !== RUNNERS.at(-1) && rest[0] === first;
  return runsWords ? rest.slice(rest[1] === "--" ? 2 : 1) : [];
}

/**
 * Returns the commands that a command could run by its words, for rules that deny: too many rather than too few. Includes the
 * command itself.
 */
export function possibleCommands(command: SimpleCommand, depth = 0): readonly SimpleCommand[] {
  const { words } = command;
  const plain: SimpleCommand = { assignments: [], words };
  const name = (words[0] ?? "").replace(/^.*\//, "");
  const named = { assignments: [], words: [name, ...words.slice(1)] };
  const found = [command, plain, named];
  if (depth > 4 || words.length === 0) return found;
  const runsWords =
    runnerWords(words) !== undefined ||
    [...WRAPPERS, ...OPEN_PROGRAMS, ...SHELLS, "find", "fd", "fdfind", "npx", "uvx", "pipx", "bunx"].includes(
      name,
    );
  if (!runsWords) return found;
  const rest = words.slice(1).flatMap((text, index): readonly SimpleCommand[] => {
    const suffix = words.slice(index + 1);
    const nested = /\s/.test(text) ? splitCommand(text).commands : [];
    return [{ assignments: [], words: suffix }, ...nested];
  });
  return [...found, ...rest.flatMap((inner) => possibleCommands(inner, depth + 1))];
}

function wrapped(name: string, rest: readonly string[], outer: readonly string[]): Reach {
  const first = rest[0];
  if (first === undefined) return name === "xargs" ? OPEN : PLAIN;
  if (name === "command" && /^-[vV]$/.test(first)) return PLAIN;
  let at = 0;
  if (name === "timeout") {
    if (!/^\d+(?:\.\d+)?[smhd]?$/.test(first)) return OPEN;
    at = 1;
  }
  const assignments = [...outer];
  if (name === "env" || name === "sudo" || name === "doas")
    for (let word = rest[at]; word !== undefined && /^[A-Za-z_]\w*=/.test(word); word = rest[at]) {
      assignments.push(word);
      at += 1;
    }
  const program = rest[at];
  if (program === undefined) return name === "env" ? PLAIN : OPEN;
  if (program.startsWith("-") || program.includes(UNKNOWN)) return OPEN;
  const words = [...rest.slice(at), ...(name === "xargs" ? [UNKNOWN] : [])];
  return { type: "runs", commands: [{ assignments, words }] };
}

function shell(rest: readonly string[]): Reach {
  const [first, script] = rest;
  if (first === undefined || first.includes(UNKNOWN) || /^\/(?:dev|proc)\//.test(first)) return OPEN;
  if (/^-[eux]*c$/.test(first) && script !== undefined && !script.includes(UNKNOWN)) {
    const { commands, files, isCertain } = splitCommand(script);
    return isCertain && files.length === 0 && commands.length > 0 ? { type: "runs", commands } : OPEN;
  }
  return first.startsWith("-") || first.startsWith("+") ? OPEN : PLAIN;
}
