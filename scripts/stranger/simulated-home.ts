import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Simulator } from "axio-simulator";
import { build } from "esbuild";
import { ROOT } from "test-support/workspace/public-packages";

/** The environment of a program whose requests go to a simulator. */
export interface SimulatedHome {
  /** The arguments of Node.js that route the requests. */
  readonly nodeArgs: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Signs in to a simulator in a home directory, and routes the requests of unchanged programs to it. */
export async function createSimulatedHome(simulator: Simulator, folder: string): Promise<SimulatedHome> {
  const home = join(folder, "home");
  await mkdir(join(home, "axio"), { recursive: true });
  await writeFile(join(home, "axio/codex.json"), JSON.stringify(simulator.issueCredentials()), {
    mode: 0o600,
  });
  const route = join(home, "route.mjs");
  await build({
    entryPoints: [join(ROOT, "test/docs/route-to-simulator.ts")],
    outfile: route,
    format: "esm",
    logLevel: "warning",
  });
  return {
    nodeArgs: ["--import", route],
    env: {
      // With proxies or certificates of this machine, requests would not go through the global `fetch`.
      ...Object.fromEntries(
        Object.keys(process.env)
          .filter(isOfNetwork)
          .map((name) => [name, undefined]),
      ),
      HOME: home,
      XDG_CONFIG_HOME: home,
      AXIO_DOCS_ISSUER: simulator.issuer,
      AXIO_DOCS_BACKEND: simulator.baseUrl.replace(/\/codex$/, ""),
    },
  };
}

function isOfNetwork(name: string): boolean {
  return /_proxy$|_CERT|_CERTS$/i.test(name);
}
