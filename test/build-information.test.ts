import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPublicPackages } from "test-support/workspace/public-packages";
import { expect, it } from "vitest";

it("the information about a build is deleted with the build, so that the next one is complete, and is not packed", async () => {
  for (const { folder } of await readPublicPackages()) {
    const read = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));
    const { compilerOptions } = await read("tsconfig.json");
    expect({ folder, file: compilerOptions.tsBuildInfoFile }).toEqual({
      folder,
      file: `${compilerOptions.outDir}/.tsbuildinfo`,
    });
    expect((await read("package.json")).files).toContain(`!${compilerOptions.tsBuildInfoFile}`);
  }
});
