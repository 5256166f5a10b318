import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ClientId } from "./measure-client.ts";

/** A library to compare. */
export interface Contender {
  readonly id: Exclude<ClientId, "floor">;
  /** The packages to install and import. */
  readonly packages: readonly string[];
}

/** The libraries to compare, axio first. */
export const CONTENDERS: readonly Contender[] = [
  { id: "axio", packages: ["axio-transport-codex"] },
  { id: "pi-ai", packages: ["@mariozechner/pi-ai"] },
  { id: "openai", packages: ["openai"] },
  { id: "ai-sdk", packages: ["ai", "@ai-sdk/openai"] },
];

/** The directory of the benchmark, with the installed peers. */
export const BENCH_FOLDER: string = fileURLToPath(new URL("..", import.meta.url));

/** The directory of the workspace. */
export const ROOT_FOLDER: string = fileURLToPath(new URL("../..", import.meta.url));

/** Returns the version of a package installed in a directory. */
export function versionOf(name: string, folder: string): string {
  const text = readFileSync(`${folder}/node_modules/${name}/package.json`, "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
