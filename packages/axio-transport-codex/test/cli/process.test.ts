import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type Simulator, startSimulator } from "axio-simulator";
import { bundleScript } from "test-support/bundle-script";
import { LINUX, needs, POSIX } from "test-support/requirements";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pointAt } from "./support.ts";

const BIN = fileURLToPath(new URL("../../src/bin/main.ts", import.meta.url));
/** The modules of other packages that are loaded at start-up. */
const SHARED = ["../../../axio-cli/src/index.ts", "../../../axio-auth/src/provider/index.ts"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const COMMAND = await bundleScript(BIN);

let simulator: Simulator;
let home: string;
beforeEach(async () => {
  simulator = await startSimulator();
  home = await mkdtemp(join(tmpdir(), "axio-codex-"));
});
afterEach(async () => {
  await simulator.close();
  await rm(home, { recursive: true });
});

function start(argv: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [COMMAND, ...argv], {
    env: { PATH: process.env["PATH"], HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function startAsking(): Promise<ChildProcessByStdio<null, Readable, Readable>> {
  const store = join(home, "codex.json");
  await writeFile(store, JSON.stringify(simulator.issueCredentials()), { mode: 0o600 });
  // The response does not end by itself.
  return start(["ask", "--store", store, ...pointAt(simulator), "say one\nwait 600s\nsay two"]);
}

test("Ctrl-C during a response exits with 130 and closes the connection", async () => {
  const child = await startAsking();
  const [first] = await once(child.stdout, "data");
  expect(String(first)).toBe("one");
  child.kill("SIGINT");
  const [code] = await once(child, "close");
  expect(code).toBe(130);
  await vi.waitFor(() => expect(simulator.stats.openConnections).toBe(0));
});

test("a closed pipe (| head) is not an error", async () => {
  const child = await startAsking();
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  child.stdout.destroy();
  const [code] = await once(child, "close");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  await vi.waitFor(() => expect(simulator.stats.openConnections).toBe(0));
});

test("a full disk for the output causes an error message", needs(LINUX), async () => {
  const full = await open("/dev/full", "w");
  const child = spawn(process.execPath, [COMMAND, "--version"], {
    env: { PATH: process.env["PATH"], HOME: home },
    stdio: ["ignore", full.fd, "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, "close");
  await full.close();
  expect(code).toBe(1);
  expect(stderr).toContain("The output could not be written");
  expect(stderr).not.toContain("should not happen");
});

test("start-up loads only the command line, commander and modules of Node", async () => {
  const loaded = (await Promise.all([BIN, ...SHARED].map(staticImports))).flat();
  const packages = loaded.filter((name) => !name.startsWith("node:") && !name.startsWith("."));
  expect(new Set(packages)).toEqual(new Set(["axio-cli", "axio-auth/provider", "commander"]));
  expect(loaded).toContain("./create-program.ts");
  expect(loaded).not.toContain("../transport.ts");
});

test("importing the transport loads no command line", async () => {
  const entries = ["../../src/index.ts", "../../../axio-transport-kit/src/index.ts"];
  const loaded = await Promise.all(
    entries.map((entry) => staticImports(fileURLToPath(new URL(entry, import.meta.url)))),
  );
  expect(loaded.flat()).toContain("./retry-stream.ts");
  expect(loaded.flat().filter((name) => /cli|bin|plugin/.test(name) && name !== "axio/plugin")).toEqual([]);
});

/** Returns the specifiers of all static imports of a module, without types. */
async function staticImports(path: string): Promise<readonly string[]> {
  const source = await readFile(path, "utf8");
  const specifiers = [...source.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm)].map(
    ([, name]) => name ?? "",
  );
  const nested = specifiers
    .filter((name) => name.startsWith("."))
    .map((name) => staticImports(join(dirname(path), name)));
  return [...specifiers, ...(await Promise.all(nested)).flat()];
}

test.each([
  ["is piped", 'printf "say piped" | "$@"', "words\npiped\n"],
  ["is piped late", '(sleep 1; printf "say piped") | "$@"', "words\npiped\n"],
  ["is a file", 'printf "say file" > "$HOME/f"; "$@" < "$HOME/f"', "words\nfile\n"],
  ["is empty", '"$@" < /dev/null', "words\n"],
  ["is a pipe that stays open", 'sleep 30 | { "$@"; kill 0; }', "words\n"],
])("ask with words reads stdin if it %s", needs(POSIX), async (_, shell, expected) => {
  const store = join(home, "codex.json");
  await writeFile(store, JSON.stringify(simulator.issueCredentials()), { mode: 0o600 });
  const command = [process.execPath, COMMAND, "ask", "--store", store, ...pointAt(simulator), "say words"];
  const child = spawn("sh", ["-c", shell, "sh", ...command], {
    env: { PATH: process.env["PATH"], HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  await once(child, "close");
  expect(output).toBe(expected);
});
