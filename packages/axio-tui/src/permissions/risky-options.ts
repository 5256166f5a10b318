import { UNKNOWN } from "./pattern.ts";
import { onlyPrints } from "./sed-script.ts";

/** With which words a program runs, loads or writes something that its name does not say. */
interface Risks {
  readonly program: RegExp;
  /** Long options, separated by spaces. Many programs take abbreviations, so these count as well. A star ends a family. */
  readonly long?: string;
  /** Short options, also in a cluster. */
  readonly short?: RegExp;
  /** Any other word. */
  readonly word?: RegExp;
  /** The first word that is no option. */
  readonly subCommand?: RegExp;
}

const RISKS: readonly Risks[] = [
  { program: /^find$/, word: /^-(?:exec|execdir|ok|okdir|delete|fprint0?|fprintf|fls)$/ },
  { program: /^(?:fd|fdfind)$/, long: "exec*", short: /^-[a-zA-Z]*[xX]/ },
  { program: /^(?:python[\d.]*|pypy[\d.]*)$/, short: /^-[a-zA-Z]*[cm]/ },
  {
    program: /^(?:node|nodejs|bun|deno|tsx)$/,
    long: "eval* print* require* import* loader* experimental-loader* env-file*",
    short: /^-[a-zA-Z]*[epr]|^-(?:eval|print|require|import|loader)/,
  },
  { program: /^(?:perl|ruby|lua|luajit|php|Rscript|osascript)$/, short: /^-[a-zA-Z]*[eErRmMIxs]/ },
  {
    program: /^git$/,
    long:
      "config-env exec-path exec open-files-in-pager upload-pack receive-pack output ext-diff textconv no-index template " +
      "extcmd tool git-dir work-tree namespace attr-source super-prefix smtp-server",
    // The first letter of a cluster can have a value: `-Sname`.
    short: /^-(?![SBbX])[a-zA-Z\d]*[cCOux]/,
    word: /^ext::|^--?[a-z-]*(?:exec|pack|cmd|pager|program)/,
    subCommand:
      /^(?:bisect|submodule|filter-branch|config|daemon|difftool|mergetool|hook|credential.*|instaweb|web--browse|send-email|checkout-index|remote-.+|fast-import|archive|format-patch)$/,
  },
  {
    program: /^(?:tar|bsdtar|gtar)$/,
    long: "to-command checkpoint-action use-compress-program rsh-command rmt-command info-script new-volume-script",
    short: /^-[a-zA-Z]*[IF]/,
    // The first word is a cluster without its hyphen.
    subCommand: /^[a-zA-Z]*[IF][a-zA-Z]*$/,
  },
  {
    program: /^(?:rsync|scp|sftp)$/,
    long: "rsh rsync-path log-file write-batch only-write-batch",
    short: /^-[a-zA-Z]*[eSoF]/,
  },
  { program: /^sort$/, long: "compress-program output", short: /^-[a-zA-Z]*o/ },
  { program: /^shuf$/, long: "output", short: /^-[a-zA-Z]*o/ },
  { program: /^tree$/, short: /^-[a-zA-Z]*[oR]/ },
  { program: /^(?:bat|batcat|delta)$/, long: "pager" },
  { program: /^(?:rg|ripgrep)$/, long: "pre hostname-bin" },
  {
    program: /^(?:awk|gawk|mawk|nawk)$/,
    long: "file load include exec pretty-print profile dump-variables debug",
    short: /^-[a-zA-Z]*[filEopdDW]/,
    word: new RegExp(`system|\\||getline|>|@|${UNKNOWN}`),
  },
  { program: /^(?:vi|vim|nvim|ex|view|emacs|ed|nano|less|more|man)$/, word: /./ },
  {
    program: /^curl$/,
    long:
      "output* remote-* config upload* form* data* post* dump-header cookie-jar trace* libcurl stderr etag-save hsts " +
      "alt-svc json url-query variable expand-* quote unix-socket abstract-unix-socket engine proxy-header",
    short: /^-[a-zA-Z]*[oOJKTFdDcQ@]/,
    word: /^@|%output\{/,
  },
  {
    program: /^wget$/,
    long:
      "output-document output-file append-output directory* config execute post* body* use-askpass rejected-log " +
      "save-cookies hsts-file warc-*",
    short: /^-[a-zA-Z]*[oOaPe]/,
  },
  {
    program: /^(?:make|gmake|cmake|ninja)$/,
    long: "file makefile directory eval include*",
    short: /^-[a-zA-Z]*[fCEI]|^-P/,
    word: /=/,
  },
  {
    program: /^(?:npm|pnpm|yarn|bun)$/,
    long: "prefix dir cwd node-options script-shell shell globalconfig userconfig",
    short: /^-(?:C|prefix|dir|cwd|script-shell|shell)\b/,
    subCommand: /^(?:exec|x|dlx|explore|create|init|innit|config|c|set|pkg)$/,
  },
  {
    program: /^cargo$/,
    long: "config",
    short: /^-C/,
    subCommand: /^(?:run|r)$/,
  },
  {
    program: /^go$/,
    word: /^--?(?:exec|toolexec|overlay|C|vettool|modfile|pkgdir|gccgoflags|o|w)(?:=|$)|extld|extar/,
    subCommand: /^(?:run|generate|tool)$/,
  },
  { program: /^deno$/, subCommand: /^(?:run|eval|repl|task|x)$/ },
  { program: /^gh$/, subCommand: /^(?:alias|extension|config|auth|codespace)$/ },
  { program: /^(?:zip|unzip)$/, long: "unzip-command", short: /^-[a-zA-Z]*T/ },
  { program: /^(?:xxd|tee|dd|install)$/, word: /^(?:of=|-r)/ },
  { program: /^(?:yq|sd)$/, long: "inplace", short: /^-[a-zA-Z]*[is]/ },
];

/** Whether a program with these words can do something that its name does not say. */
export function isRisky(program: string, words: readonly string[]): boolean {
  if (/^g?sed$/.test(program)) return words.some((word) => word.includes(UNKNOWN)) || !onlyPrints(words);
  // The second file is written.
  if (program === "uniq") return words.filter((word) => !/^-./.test(word)).length > 1;
  const risks = RISKS.filter((risk) => risk.program.test(program));
  // The value of a variable, or a file name that a pattern finds, can be such an option.
  if (risks.length > 0 && words.some(isUnknownOption)) return true;
  return risks.some((risk) => isAtRisk(risk, words));
}

function isAtRisk({ long, short, word, subCommand }: Risks, words: readonly string[]): boolean {
  const first = words.find((text) => !text.startsWith("-")) ?? "";
  const isSubCommand = subCommand?.test(first) === true;
  const hasOption = words.some(
    (text) => isLong(text, long) || (!text.startsWith("--") && short?.test(text) === true),
  );
  return isSubCommand || hasOption || words.some((text) => word?.test(text) === true);
}

function isLong(text: string, options: string | undefined): boolean {
  const name = /^--([a-zA-Z][\w-]*)/.exec(text)?.[1];
  if (name === undefined || options === undefined) return false;
  return options.split(" ").some((option) => {
    const full = option.replace("*", "");
    return full.startsWith(name) || (option !== full && name.startsWith(full));
  });
}

function isUnknownOption(text: string): boolean {
  return text.startsWith(UNKNOWN) || (text.startsWith("-") && text.replace(/=.*$/s, "").includes(UNKNOWN));
}
