import { UNKNOWN } from "./pattern.ts";
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
  ..."sudo doas env nice ionice nohup setsid stdbuf time timeout command builtin exec xargs chronic".split(
    " ",
  ),
];
const SHELLS = "sh bash zsh dash ksh mksh ash fish csh tcsh busybox".split(" ");
/** Programs that run commands in other ways. */
const OPEN_PROGRAMS = (
  "eval source . trap su runuser pkexec parallel watch flock script chroot unshare nsenter setpriv strace ltrace gdb lldb " +
  "systemd-run at batch crontab expect unbuffer socat nc ncat ssh mosh docker podman kubectl " +
  "alias enable hash coproc mapfile readarray let declare typeset local printf read unset test ["
).split(" ");
/** Options with which a program runs, loads or writes something. The whole list of words is checked. */
const RISKY_WORDS: readonly (readonly [program: RegExp, word: RegExp])[] = [
  [/^find$/, /^-(?:exec|execdir|ok|okdir|delete|fprint0?|fprintf|fls)$/],
  [/^(?:fd|fdfind)$/, /^(?:-[a-zA-Z]*[xX]|--exec(?:-batch)?)/],
  [/^(?:python[\d.]*|pypy[\d.]*)$/, /^-[a-zA-Z]*[cm]/],
  [
    /^(?:node|nodejs|bun|deno|tsx)$/,
    /^(?:-[a-zA-Z]*[epr]|--?(?:eval|print|require|import|loader|experimental-loader|env-file))/,
  ],
  [/^(?:perl|ruby|lua|luajit|php|Rscript|osascript)$/, /^-[a-zA-Z]*[eErRmMIxs]/],
  [
    /^git$/,
    /^(?:-c|--config-env|--exec-path|--exec|-x|-O|--open-files-in-pager|--upload-pack|--receive-pack|-u|--output|--ext-diff|--textconv|--no-index|--template|--extcmd|--tool|bisect|submodule|filter-branch|config|daemon|difftool|mergetool|hook)/,
  ],
  [/^git$/, /^ext::|^--?[a-z-]*(?:exec|pack|cmd|pager|program)/],
  [
    /^(?:tar|bsdtar|gtar)$/,
    /^(?:--to-command|--checkpoint-action|--use-compress-program|--rsh-command|--info-script|--new-volume-script|-[a-zA-Z]*[IF])/,
  ],
  [/^(?:rsync|scp|sftp)$/, /^(?:-[a-zA-Z]*[eSoF]|--rsh|--rsync-path)/],
  [/^sort$/, /^(?:--compress-prog|--output|-[a-zA-Z]*o)/],
  [/^(?:rg|ripgrep)$/, /^--(?:pre|hostname-bin)/],
  [/^(?:awk|gawk|mawk|nawk)$/, /system|\||getline|>|^-[a-zA-Z]*[filE]|@/],
  [
    /^(?:g?sed)$/,
    /^(?:-[a-zA-Z]*[if]|--in-place|--file)|(?:^|[;{}\n\d$/])\s*[ewrEWR](?:\s|$)|[/|,#][a-zA-Z\d]*[ew][a-zA-Z\d]*(?:\s|;|}|$)/,
  ],
  [/^(?:vi|vim|nvim|ex|view|emacs|ed|nano|less|more|man)$/, /./],
  [
    /^(?:curl|wget)$/,
    /^(?:-[a-zA-Z]*[oOKTFd@]|--(?:output|remote-name|config|upload|form|data|post|body|directory|execute|use-askpass))/,
  ],
  [/^(?:make|gmake|cmake|ninja)$/, /^(?:-[a-zA-Z]*[fCEI]|--(?:file|makefile|directory|eval|include))|=/],
  [
    /^(?:npm|pnpm|yarn|bun)$/,
    /^(?:--?(?:prefix|dir|cwd|node-options|script-shell|shell|globalconfig|userconfig|C)\b)/,
  ],
  [/^(?:cargo|go)$/, /^(?:--config|-exec|-toolexec|-overlay|-C)/],
  [/^(?:zip|unzip)$/, /^(?:-[a-zA-Z]*T|--unzip-command|-TT)/],
  [/^(?:xxd|tee|dd|install)$/, /^(?:of=|-r)/],
];

/** Sub-commands that run another program: the first word that is no option. */
const RISKY_SUB_COMMANDS: readonly (readonly [program: RegExp, word: RegExp])[] = [
  [/^(?:npm|pnpm|yarn|bun)$/, /^(?:exec|x|dlx|explore|create|init|innit)$/],
  [/^(?:go|cargo|deno)$/, /^(?:run|generate|tool|eval|repl)$/],
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
  const risks = RISKY_WORDS.filter(([risky]) => risky.test(name));
  // The value of a variable, or a file name that a pattern finds, can be such an option.
  const isRisky = risks.some(([, word]) => rest.some((text) => text.startsWith(UNKNOWN) || word.test(text)));
  const first = rest.find((word) => !word.startsWith("-")) ?? "";
  const isSub = RISKY_SUB_COMMANDS.some(([risky, word]) => risky.test(name) && word.test(first));
  return isRisky || isSub ? OPEN : PLAIN;
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
  const runsWords = [...WRAPPERS, ...OPEN_PROGRAMS, ...SHELLS, "find", "fd", "fdfind", "npx"].includes(name);
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
