import type { Install } from "./installs.ts";
import { runNode } from "./processes.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** The duration of an import, minus that of a Node process without imports, in milliseconds. */
export interface ImportTime {
  readonly id: string;
  readonly overBareMs: Spread;
}

/** The time of an empty Node process, and of each library above it. */
export interface ImportTimes {
  readonly bareMs: Spread;
  readonly contenders: readonly ImportTime[];
}

/** Starts Node repeatedly, alternating with and without each import, and compares within a round. */
export async function measureImports(
  installs: readonly Install[],
  folder: string,
  rounds: number,
): Promise<ImportTimes> {
  const bare: number[] = [];
  const over = new Map<string, number[]>(installs.map(({ contender }) => [contender.id, []]));
  // The first round warms the disk cache and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const bareMs = await startMs([], folder);
    if (round > 0) bare.push(bareMs);
    for (const install of installs) {
      const ms = (await startMs(install.contender.packages, install.folder)) - bareMs;
      if (round > 0) over.get(install.contender.id)?.push(ms);
    }
  }
  return {
    bareMs: spreadOf(bare),
    contenders: [...over].map(([id, values]) => ({ id, overBareMs: spreadOf(values) })),
  };
}

async function startMs(packages: readonly string[], cwd: string): Promise<number> {
  const imports = packages.map((name) => `import ${JSON.stringify(name)};`).join("");
  const startedAt = performance.now();
  // Some imports leave a timer or socket behind.
  await runNode(["--input-type=module", "-e", `${imports}process.exit()`], cwd);
  return performance.now() - startedAt;
}
