import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type PublicPackage, ROOT } from "test-support/workspace/public-packages";
import { runCommand } from "./run-command.ts";

/** Packages whose types need only those of the web: users need not install the types of Node. */
const NEUTRAL = [
  "axio",
  "axio-auth",
  "axio-chat-completions",
  "axio-http",
  "axio-inbound",
  "axio-openai-client",
  "axio-responses",
  "axio-transport-anthropic",
  "axio-transport-chatgpt",
  "axio-transport-codex",
  "axio-transport-kit",
  "axio-transport-openai",
];

/** Entries that need a package that is not a dependency. It is installed after all other entries were checked without it. */
const PEERS: Readonly<Record<string, string>> = { "axio-opentelemetry": "@opentelemetry/api@^1.9.0" };

/** Entries whose types name types of another package that do not check by themselves. Their users skip the check as well. */
const UNCHECKED_TYPES = ["axio-ai-sdk", "axio-agents-sdk"];

/** Uses the installed packages like a user: imports each entry, runs each command, compiles against the types. */
export async function checkConsumer(packages: readonly PublicPackage[], folder: string): Promise<void> {
  const entries = packages.flatMap((pack) => pack.entries);
  const [withPeers, plain] = [
    entries.filter((entry) => entry in PEERS),
    entries.filter((entry) => !(entry in PEERS)),
  ];
  await importEverything(plain, folder);
  await runCommands(packages, folder);
  const types = [await ofWorkspace("@types/node")];
  await install([...new Set(Object.values(PEERS)), ...types], folder);
  await importEverything(withPeers, folder);
  await compile(packages, entries, folder);
}

async function install(names: readonly string[], folder: string): Promise<void> {
  await runCommand("npm", ["install", "--save-dev", "--no-audit", "--no-fund", ...names], folder);
}

async function importEverything(entries: readonly string[], folder: string): Promise<void> {
  const lines = entries.map((entry) => {
    const count = `Object.keys(await import(${JSON.stringify(entry)})).length`;
    return `if (${count} === 0) throw new Error("${entry} exports nothing.");`;
  });
  await writeFile(join(folder, "import.mjs"), `${lines.join("\n")}\n`);
  await runCommand("node", ["import.mjs"], folder);
  console.log(`ok  imported: ${entries.join(", ")}`);
}

async function runCommands(packages: readonly PublicPackage[], folder: string): Promise<void> {
  for (const { name, version, commands } of packages) {
    for (const command of commands) {
      const output = await runCommand("npx", ["--no-install", command, "--version"], folder);
      if (!output.includes(version)) throw new Error(`${command} of ${name} says ${output}, not ${version}.`);
      console.log(`ok  npx ${command} --version: ${output.trim()}`);
    }
  }
}

async function compile(
  packages: readonly PublicPackage[],
  entries: readonly string[],
  folder: string,
): Promise<void> {
  await copyFile(join(import.meta.dirname, "consumer/agent.ts"), join(folder, "agent.ts"));
  await writeFile(
    join(folder, "all.ts"),
    namespaces(entries.filter((entry) => !UNCHECKED_TYPES.includes(entry))),
  );
  await writeFile(join(folder, "unchecked.ts"), namespaces(UNCHECKED_TYPES));
  const neutral = packages.filter(({ name }) => NEUTRAL.includes(name)).map(({ name }) => name);
  await writeFile(join(folder, "neutral.ts"), namespaces(neutral));
  for (const moduleResolution of ["nodenext", "bundler"]) {
    const module = moduleResolution === "bundler" ? "esnext" : "nodenext";
    const options = { module, moduleResolution, strict: true, skipLibCheck: false, noEmit: true };
    const runs = [
      { files: ["all.ts", "agent.ts"], lib: ["ES2022"], types: ["node"] },
      { files: ["neutral.ts"], lib: ["ES2022", "DOM"], types: [] },
      { files: ["unchecked.ts"], lib: ["ES2022", "DOM"], types: ["node"], skipLibCheck: true },
    ];
    for (const { files, ...rest } of runs) {
      const config = { compilerOptions: { ...options, ...rest, target: "ES2022" }, files };
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
      await runCommand(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.json"], folder);
    }
    console.log(`ok  types under ${moduleResolution}; without Node's: ${neutral.join(", ")}`);
  }
  await compileWithDefaults(folder);
}

/** Compiles with the defaults of TypeScript 7, in which no types are included. */
async function compileWithDefaults(folder: string): Promise<void> {
  await writeFile(
    join(folder, "tsconfig.json"),
    '{ "compilerOptions": { "noEmit": true }, "files": ["neutral.ts"] }',
  );
  await runCommand(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.json"], folder);
  console.log("ok  types under the defaults of TypeScript 7");
}

/** Returns `name@version` of a dependency of a workspace package. Default: the root. */
async function ofWorkspace(name: string, of?: string): Promise<string> {
  const manifest = join(ROOT, ...(of === undefined ? [] : ["packages", of]), "package.json");
  const { devDependencies } = JSON.parse(await readFile(manifest, "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return `${name}@${devDependencies[name]}`;
}

/** Imports whole modules and lets the compiler check each export. */
function namespaces(entries: readonly string[]): string {
  const imports = entries.map((entry, index) => `import * as entry${index} from ${JSON.stringify(entry)};`);
  const names = entries.map((_entry, index) => `entry${index}`);
  return `${imports.join("\n")}
type Known<T> = { [K in keyof T]: 0 extends 1 & T[K] ? never : T[K] };
function known<T>(module: Known<T> & T): T { return module; }
export const all = [${names.map((name) => `known(${name})`).join(", ")}];
`;
}
