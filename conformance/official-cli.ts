import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IssuedTokens, Simulator } from "../packages/axio-simulator/src/index.ts";

const CACHE = new URL("../.cache/conformance/", import.meta.url).pathname;
const RUN_TIMEOUT_MS = 120_000;

/** How one run of the official CLI ended. */
export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Installs a version of the official CLI into the cache folder, unless it is there.
 *
 * It stays out of the workspace: a native binary of some 300 MB is no dependency of ours.
 *
 * @returns The path of its launcher.
 */
export async function installCli(version: string): Promise<string> {
  const folder = join(CACHE, version);
  const launcher = join(folder, "node_modules/@openai/codex/bin/codex.js");
  if (await exists(launcher)) return launcher;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{"private":true}\n');
  const flags = ["--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--ignore-scripts"];
  const run = await execute("npm", ["install", ...flags, "--prefix", folder, `@openai/codex@${version}`], {
    cwd: folder,
    env: process.env,
  });
  if (run.exitCode !== 0) throw new Error(`npm could not install @openai/codex@${version}:\n${run.stderr}`);
  return launcher;
}

/** A `CODEX_HOME` signed in to a simulator, and a folder to work in. */
export interface CliHome extends AsyncDisposable {
  readonly home: string;
  readonly work: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a home of its own is prepared with. */
export interface HomeOptions {
  /** Its `config.toml`. */
  readonly config: string;
  /** The CA to trust; `undefined` where the simulator speaks http. */
  readonly caPem: string | undefined;
  /** Where everything but loopback goes. */
  readonly proxy: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Prepares a throw-away home whose CLI can reach loopback and nothing else. */
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
 * @param credentials What it is signed in with; `undefined` leaves it signed out.
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

/** Runs `codex exec` with one prompt, stdin closed. */
export function execPrompt(launcher: string, home: CliHome, prompt: string): Promise<CliRun> {
  return runCli(launcher, home, ["exec", "--skip-git-repo-check", "--sandbox", "read-only", prompt]);
}

/** Runs the CLI with any arguments. */
export function runCli(launcher: string, home: CliHome, args: readonly string[]): Promise<CliRun> {
  return execute(process.execPath, [launcher, ...args], { cwd: home.work, env: home.env });
}

/** Everything but loopback goes to the proxy, which refuses it; nothing of the caller's surroundings is passed on. */
function loopbackEnvironment(root: string, home: string, proxy: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: root,
    // What it puts into the temporary folder goes with the rest.
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

async function execute(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<CliRun> {
  const child = spawn(command, args, {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: RUN_TIMEOUT_MS,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, stdout, stderr };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
