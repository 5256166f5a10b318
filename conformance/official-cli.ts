import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IssuedTokens, Simulator } from "../packages/axio-simulator/src/index.ts";
import { execute, type ProcessRun } from "./execute.ts";

const CACHE = new URL("../.cache/conformance/", import.meta.url).pathname;

/**
 * Installs a version of the official CLI into the cache directory unless it is there.
 *
 * It is not a dependency of the workspace: the native binary has about 300 MB.
 *
 * @returns The path of its launcher.
 * @throws Error if npm cannot install it.
 */
export async function installCli(version: string): Promise<string> {
  return join(await installPackage("@openai/codex", version, version), "bin/codex.js");
}

/**
 * Installs a version of a package into the cache directory unless it is there.
 *
 * @returns The directory of the package.
 * @throws Error if npm cannot install it.
 */
export async function installPackage(name: string, version: string, folder: string): Promise<string> {
  const directory = join(CACHE, folder);
  const installed = join(directory, "node_modules", name);
  if (await exists(join(installed, "package.json"))) return installed;
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), '{"private":true}\n');
  const flags = ["--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--ignore-scripts"];
  const run = await execute("npm", ["install", ...flags, "--prefix", directory, `${name}@${version}`], {
    cwd: directory,
    env: process.env,
  });
  if (run.exitCode !== 0) throw new Error(`npm could not install ${name}@${version}:\n${run.stderr}`);
  return installed;
}

/** A temporary `CODEX_HOME` and a directory to work in. */
export interface CliHome extends AsyncDisposable {
  readonly home: string;
  readonly work: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Options for a temporary home. */
export interface HomeOptions {
  /** The content of `config.toml`. */
  readonly config: string;
  /** The CA to trust; `undefined` if the simulator serves http. */
  readonly caPem: string | undefined;
  /** The proxy for every host except loopback. */
  readonly proxy: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Prepares a temporary home whose CLI can reach loopback only. */
export async function prepareHome({ config, caPem, proxy, env }: HomeOptions): Promise<CliHome> {
  const root = await mkdtemp(join(tmpdir(), "codex-conformance-"));
  const home = join(root, "home");
  const work = join(root, "work");
  await mkdir(home);
  await mkdir(work);
  await mkdir(join(root, "tmp"));
  await writeFile(join(home, "config.toml"), `${config}[analytics]\nenabled = false\n`);
  const ca = join(root, "ca.pem");
  if (caPem !== undefined) await writeFile(ca, caPem);
  const trust = caPem === undefined ? {} : { CODEX_CA_CERTIFICATE: ca, SSL_CERT_FILE: ca };
  return {
    home,
    work,
    env: { ...loopbackEnvironment(root, home, proxy), ...trust, ...env },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/**
 * Prepares a home for the Codex backend of a simulator.
 *
 * @param credentials The tokens in `auth.json`; `undefined` leaves the home signed out.
 */
export async function createHome(
  simulator: Simulator,
  credentials: IssuedTokens | undefined,
  proxy: string,
): Promise<CliHome> {
  const prepared = await prepareHome({
    config: `chatgpt_base_url = "${simulator.origin}/backend-api"\nopenai_base_url = "${simulator.baseUrl}"\n`,
    caPem: simulator.caPem,
    proxy,
    env: {
      CODEX_REFRESH_TOKEN_URL_OVERRIDE: `${simulator.issuer}/oauth/token`,
      CODEX_REVOKE_TOKEN_URL_OVERRIDE: `${simulator.issuer}/oauth/revoke`,
    },
  });
  if (credentials !== undefined) await writeAuthJson(prepared.home, credentials);
  return prepared;
}

async function writeAuthJson(home: string, credentials: IssuedTokens): Promise<void> {
  const tokens = {
    id_token: credentials.idToken,
    access_token: credentials.accessToken,
    refresh_token: credentials.refreshToken,
    account_id: credentials.accountId,
  };
  const lastRefresh = new Date().toISOString();
  const value = { auth_mode: "chatgpt", OPENAI_API_KEY: null, tokens, last_refresh: lastRefresh };
  await writeFile(join(home, "auth.json"), JSON.stringify(value), { mode: 0o600 });
}

/** Runs `codex exec` with one prompt. */
export function execPrompt(launcher: string, home: CliHome, prompt: string): Promise<ProcessRun> {
  return runCli(launcher, home, ["exec", "--skip-git-repo-check", "--sandbox", "read-only", prompt]);
}

/** Runs the CLI with any arguments. */
export function runCli(launcher: string, home: CliHome, args: readonly string[]): Promise<ProcessRun> {
  return execute(process.execPath, [launcher, ...args], { cwd: home.work, env: home.env });
}

/** Sends everything but loopback to the proxy. Passes on no variable of the caller except `PATH`. */
function loopbackEnvironment(root: string, home: string, proxy: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: root,
    // Temporary files of the CLI are deleted with the rest.
    TMPDIR: join(root, "tmp"),
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    CODEX_HOME: home,
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: "localhost,127.0.0.1",
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
