import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "test-support/free-port";
import { ROOT } from "test-support/workspace/public-packages";
import { runCommand } from "../check-packages/run-command.ts";

const VERSION = "6.8.0";

/** The longest wait for the registry to listen. */
const START_TIMEOUT_MS = 60_000;

/** A registry on this machine. It holds what is published to it, and asks npm's for other packages. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string;
  /** Variables with which npm uses it, and nothing of the user's configuration. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts verdaccio, which is installed below `.cache` when first needed: it has 58 MB. */
export async function startLocalRegistry(): Promise<LocalRegistry> {
  const program = await install();
  const folder = await mkdtemp(join(tmpdir(), "axio-registry-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, "config.yaml"), configuration());
  await writeFile(join(folder, "npmrc"), `//127.0.0.1:${port}/:_authToken=rehearsal\n`);
  const child = spawn(
    process.execPath,
    [program, "--config", "config.yaml", "--listen", `127.0.0.1:${port}`],
    {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.kill()) await once(child, "close");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitFor(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    env: {
      npm_config_registry: url,
      npm_config_userconfig: join(folder, "npmrc"),
      npm_config_cache: join(folder, "cache"),
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function install(): Promise<string> {
  const folder = join(ROOT, ".cache/verdaccio", VERSION);
  const program = join(folder, "node_modules/verdaccio/bin/verdaccio");
  const isInstalled = await access(program).then(
    () => true,
    () => false,
  );
  if (isInstalled) return program;
  await mkdir(folder, { recursive: true });
  // verdaccio wants the tag `cjs` of node-fetch, which some mirrors of the registry do not have.
  const manifest = { private: true, overrides: { "node-fetch": "2.7.0" } };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await runCommand(
    "npm",
    ["install", "--no-audit", "--no-fund", "--no-package-lock", `verdaccio@${VERSION}`],
    folder,
  );
  return program;
}

function configuration(): string {
  return `storage: ./storage
uplinks:
  npmjs:
    url: https://registry.npmjs.org/
    timeout: 60s
packages:
  "axio*":
    access: $all
    publish: $all
  "**":
    access: $all
    proxy: npmjs
max_body_size: 100mb
log: { type: stdout, level: error }
`;
}

async function waitFor(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/-/ping`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`The registry did not start within ${START_TIMEOUT_MS / 1_000} s.`);
}
