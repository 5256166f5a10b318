import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ClientId } from "./measure-client.ts";

/** One of those who are compared. */
export interface Contender {
  readonly id: Exclude<ClientId, "floor">;
  /** What is installed, and imported. */
  readonly packages: readonly string[];
}

/** Who is compared, axio first. */
export const CONTENDERS: readonly Contender[] = [
  { id: "axio", packages: ["axio-transport-codex"] },
  { id: "pi-ai", packages: ["@mariozechner/pi-ai"] },
  { id: "openai", packages: ["openai"] },
  { id: "ai-sdk", packages: ["ai", "@ai-sdk/openai"] },
];

/** axio's packages, in the order in which they build on each other. */
export const AXIO_PACKAGES: readonly string[] = [
  "axio",
  "axio-http",
  "axio-responses",
  "axio-auth",
  "axio-transport-kit",
  "axio-transport-codex",
];

/** The folder of the benchmark: the peers are installed in it. */
export const BENCH_FOLDER: string = fileURLToPath(new URL("..", import.meta.url));

/** The folder of the workspace. */
export const ROOT_FOLDER: string = fileURLToPath(new URL("../..", import.meta.url));

/** The version of a package that is installed in a folder. */
export function versionOf(name: string, folder: string): string {
  const text = readFileSync(`${folder}/node_modules/${name}/package.json`, "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
