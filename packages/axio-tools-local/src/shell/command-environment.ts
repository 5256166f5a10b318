type Environment = Readonly<Record<string, string | undefined>>;

/** The names of variables that commands do not get: secrets, and axio's own. `*` stands for any characters. */
export const EXCLUDED_VARIABLES: readonly string[] = [
  "*_KEY",
  "*_KEY_ID",
  "*APIKEY",
  "*TOKEN",
  "*_TOKENS",
  "*SECRET",
  "*_SECRETS",
  "*PASSWORD",
  "*PASSWD",
  "*PASSPHRASE",
  "*_PWD",
  "*_PASS",
  "*_PAT",
  "*_CREDENTIAL",
  "*_CREDENTIALS",
  "*_AUTH",
  "AXIO_*",
];

/** Disables prompts, pagers and colors. */
const NON_INTERACTIVE = {
  TERM: "dumb",
  NO_COLOR: "1",
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
} as const;

/** Options of {@link commandEnvironment}. */
export interface VariableRules {
  /** Patterns of names to leave out. Default: {@link EXCLUDED_VARIABLES}. */
  readonly exclude?: readonly string[] | undefined;
  /** Patterns of names to keep although they are excluded. Default: none. */
  readonly keep?: readonly string[] | undefined;
}

/** Returns the environment of commands. Names are compared without case, as on Windows. */
export function commandEnvironment(env: Environment, rules: VariableRules = {}): Environment {
  const { exclude = EXCLUDED_VARIABLES, keep = [] } = rules;
  const isExcluded = matchesAny(exclude);
  const isKept = matchesAny(keep);
  const kept = Object.entries(env).filter(([name]) => isKept(name) || !isExcluded(name));
  return { ...Object.fromEntries(kept), ...NON_INTERACTIVE };
}

function matchesAny(patterns: readonly string[]): (name: string) => boolean {
  const parts = patterns.map((pattern) => pattern.toUpperCase().split("*"));
  return (name) => parts.some((pattern) => matches(name.toUpperCase(), pattern));
}

/** Matches a name against the texts between the stars of a pattern, in linear time. */
function matches(name: string, [first = "", ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= end;
}
