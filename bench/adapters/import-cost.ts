import { ROOT_FOLDER } from "../src/contenders.ts";
import { run } from "../src/processes.ts";
import { type Quartiles, quartilesOf } from "../src/statistics.ts";

/** Returns the CPU time of the import of a package, minus that of a Node process without imports, in milliseconds. */
export async function measureImport(name: string, rounds: number): Promise<Quartiles> {
  await cpuOf(name);
  const found: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = await cpuOf(undefined);
    found.push((await cpuOf(name)) - bare);
  }
  return quartilesOf(found);
}

async function cpuOf(name: string | undefined): Promise<number> {
  const imports = name === undefined ? "" : `import ${JSON.stringify(name)};`;
  const print = "const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);";
  return Number(await run(process.execPath, ["--input-type=module", "-e", imports + print], ROOT_FOLDER));
}
