import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { freePort } from "test-support/free-port";
import { runCommand } from "../check-packages/run-command.ts";
import type { Bundler } from "./bundlers.ts";
import type { Answers, Targets } from "./programs/targets.ts";

/** How long a server may take to start. */
const START_MS = 120_000;

/** Runs a bundle and returns what its transports answered. */
export async function runBundle(bundler: Bundler, project: string, targets: Targets): Promise<Answers> {
  switch (bundler.runsIn) {
    case "node":
      return runInNode(bundler, project, targets);
    case "browser":
      return runInBrowser(bundler, project, targets);
    case "workerd":
      return runInWorkerd(bundler, project, targets);
    case "next": {
      const port = await freePort();
      const args = ["start", "--hostname", "127.0.0.1", "--port", String(port)];
      return askServer(
        join(project, "node_modules/.bin/next"),
        args,
        project,
        `http://127.0.0.1:${port}/agent`,
        targets,
      );
    }
  }
}

async function runInNode(
  { output, keepsPackages = false }: Bundler,
  project: string,
  targets: Targets,
): Promise<Answers> {
  const [name = "", ...file] = output.split("/");
  const built = join(project, "out", name);
  // Elsewhere, nothing is found that the bundle lacks.
  const folder = keepsPackages ? built : join(project, "../alone", name);
  if (!keepsPackages) await cp(built, folder, { recursive: true });
  const text = await runCommand(
    "node",
    [join(folder, ...file), JSON.stringify(targets)],
    folder,
    withoutNetwork(),
  );
  return JSON.parse(text) as Answers;
}

/** Removes proxies and certificates of this machine, which would load more packages than most users need. */
function withoutNetwork(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => /_proxy$|_CERTS?(?:_FILE)?$/i.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

async function runInBrowser({ output }: Bundler, project: string, targets: Targets): Promise<Answers> {
  const [name = "", file = ""] = output.split("/");
  const folder = join(project, "out", name);
  const page = file.endsWith(".html")
    ? await readFile(join(folder, file))
    : `<!doctype html><script type="module" src="/${file}"></script>`;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const type = /\.m?js$/.test(path) ? "text/javascript" : "text/html";
    response.setHeader("content-type", type);
    response.end(path === "/" ? page : await readFile(join(folder, path)).catch(() => ""));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const executablePath = [process.env["AXIO_CHROMIUM"], "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
    (path) => path !== undefined && existsSync(path),
  );
  const browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${port}/#${encodeURIComponent(JSON.stringify(targets))}`);
    const answers = tab.waitForFunction(() => Reflect.get(globalThis, "answers"), undefined, {
      timeout: START_MS,
    });
    return (await (await answers).jsonValue()) as Answers;
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

async function runInWorkerd({ output }: Bundler, project: string, targets: Targets): Promise<Answers> {
  const port = await freePort();
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "${output.split("/").at(-1)}")],
      compatibilityDate = "2026-01-01",
    )),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;
  const folder = join(project, "out", output.split("/")[0] ?? "");
  await writeFile(join(folder, "config.capnp"), config);
  const args = ["serve", "config.capnp"];
  return askServer(
    join(project, "node_modules/.bin/workerd"),
    args,
    folder,
    `http://127.0.0.1:${port}/`,
    targets,
  );
}

/** Starts a server, sends it one request when it listens, and ends it. */
async function askServer(
  command: string,
  args: readonly string[],
  cwd: string,
  url: string,
  targets: Targets,
): Promise<Answers> {
  const server = spawn(command, args, {
    cwd,
    env: { ...process.env, ...withoutNetwork() },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (chunk) => (output += String(chunk)));
  try {
    const response = await firstResponse(server, url, targets);
    const text = await response.text();
    if (!response.ok) throw new Error(`It answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as Answers;
  } catch (cause) {
    throw new Error(`${command} failed: ${String(cause)}\n${output.slice(-2_000)}`, { cause });
  } finally {
    await end(server);
  }
}

async function firstResponse(server: ChildProcess, url: string, targets: Targets): Promise<Response> {
  const giveUpAt = Date.now() + START_MS;
  for (;;) {
    try {
      return await fetch(url, { method: "POST", body: JSON.stringify(targets) });
    } catch (error) {
      if (server.exitCode !== null || Date.now() > giveUpAt) throw error;
      await sleep(200);
    }
  }
}

/** Ends a server and the processes that it has started. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const exit = once(server, "exit");
  process.kill(-server.pid, "SIGTERM");
  await exit;
}
