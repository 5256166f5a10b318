import ignore from "ignore";

/**
 * The files that the file tools neither read nor write unless the user allows it, as patterns of `.gitignore`. `~` is the home
 * directory. A pattern without a slash applies to a name in every directory.
 */
export const CREDENTIAL_FILES: readonly string[] = [
  // axio, other agents.
  "~/.config/axio/**",
  "~/Library/Application Support/axio/**",
  "~/AppData/Roaming/axio/**",
  "~/.codex/auth.json",
  "~/.claude/.credentials.json",
  "~/.claude.json",
  "~/.gemini/oauth_creds.json",
  // Keys.
  "~/.ssh/**",
  "!~/.ssh/config",
  "!~/.ssh/known_hosts",
  "!~/.ssh/*.pub",
  "~/.gnupg/**",
  "id_rsa",
  "id_dsa",
  "id_ecdsa",
  "id_ecdsa_sk",
  "id_ed25519",
  "id_ed25519_sk",
  "*.kdbx",
  "*.keychain",
  "*.keychain-db",
  "~/Library/Keychains/**",
  "~/.local/share/keyrings/**",
  "~/.password-store/**",
  // Clouds and servers.
  "~/.aws/**",
  "~/.azure/**",
  "~/.config/gcloud/**",
  "~/.kube/**",
  "~/.docker/config.json",
  "~/.config/gh/hosts.yml",
  "~/.config/hub",
  "~/.config/op/**",
  "~/.vault-token",
  "~/.terraform.d/credentials.tfrc.json",
  // Tokens of programs.
  ".netrc",
  "_netrc",
  ".git-credentials",
  "~/.config/git/credentials",
  ".npmrc",
  ".yarnrc.yml",
  ".pypirc",
  ".pgpass",
  ".my.cnf",
  "~/.cargo/credentials",
  "~/.cargo/credentials.toml",
  "~/.gem/credentials",
  "~/.composer/auth.json",
  "~/.m2/settings.xml",
  // Secrets of a project.
  ".env",
  ".env.*",
  ".envrc",
  "!.env.example",
  "!.env.sample",
  "!.env.template",
  "!.env.defaults",
];

/** The environment variables that move a directory with credentials, and what is protected there. */
const MOVED: readonly (readonly [variable: string, path: string])[] = [
  ["XDG_CONFIG_HOME", "axio/**"],
  ["XDG_CONFIG_HOME", "gh/hosts.yml"],
  ["XDG_CONFIG_HOME", "gcloud/**"],
  ["XDG_CONFIG_HOME", "git/credentials"],
  ["APPDATA", "axio/**"],
  ["CODEX_HOME", "auth.json"],
  ["CLAUDE_CONFIG_DIR", ".credentials.json"],
  ["GNUPGHOME", "**"],
  ["AWS_SHARED_CREDENTIALS_FILE", ""],
  ["DOCKER_CONFIG", "config.json"],
  ["KUBECONFIG", ""],
  ["CARGO_HOME", "credentials.toml"],
  ["NPM_CONFIG_USERCONFIG", ""],
];

/** Tells whether a file holds credentials. */
export type CredentialTest = (path: string) => boolean;

/**
 * Returns a function that tells whether an absolute path without links is a credential file.
 *
 * @param changes Patterns in addition to {@link CREDENTIAL_FILES}; one that begins with `!` allows files. The last one that
 * matches decides.
 */
export function credentialTest(
  changes: readonly string[],
  {
    env,
    homes,
  }: {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The home directory, with and without links. */
    readonly homes: readonly string[];
  },
): CredentialTest {
  const rules = ignore({ allowRelativePaths: true });
  const moved = MOVED.flatMap(([variable, name]) => {
    const path = env[variable];
    if (!path || !isAbsolute(path)) return [];
    return [name === "" ? exactly(path) : `${exactly(path)}/${name}`];
  });
  for (const pattern of [...CREDENTIAL_FILES, ...moved, ...changes]) rules.add(inHomes(pattern, homes));
  return (path) => {
    const relative = toPosix(path).replace(/^\/+/, "");
    return relative !== "" && rules.test(relative).ignored;
  };
}

/** Replaces `~` with each home directory. The patterns are relative to the root of the file system. */
function inHomes(pattern: string, homes: readonly string[]): string[] {
  const [, negation = "", rest = ""] = /^(!?)([\s\S]*)$/.exec(pattern) ?? [];
  if (!rest.startsWith("~/")) return [pattern];
  return homes.map((home) => `${negation}${exactly(home)}${rest.slice(1)}`);
}

/** A path as a pattern that matches only this path. */
function exactly(path: string): string {
  const escaped = toPosix(path)
    .replace(/\/+$/, "")
    .replaceAll(/[\\*?[\]! ]/g, "\\$&");
  return `${escaped.startsWith("/") ? "" : "/"}${escaped}`;
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}

function toPosix(path: string): string {
  return process.platform === "win32" ? path.replaceAll("\\", "/").replace(/^([A-Za-z]):/, "$1") : path;
}
