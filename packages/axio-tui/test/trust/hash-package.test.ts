import { appendFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePipe } from "test-support/make-pipe";
import { needs, POSIX } from "test-support/requirements";
import { describe, expect, it } from "vitest";
import { hashPackage } from "../../src/trust/hash-package.ts";
import { Places } from "../support/project.ts";

/** A package with a dependency beside it and one inside it. */
async function packageWithDependencies(): Promise<{ readonly root: string; readonly modules: string }> {
  const places = await Places.make();
  const modules = join(places.project, "node_modules");
  const root = await places.install(
    modules,
    "axio-clock",
    { tools: { clock: "./plugin#tools" } },
    { "plugin.js": "1", "lib/inner.js": "2" },
    { dependencies: { beside: "1" } },
  );
  await places.install(modules, "beside", undefined, { "index.js": "3" });
  await places.install(join(root, "node_modules"), "@in/side", undefined, { "index.js": "4" });
  return { root, modules };
}

describe("the hash of a package", needs(POSIX), () => {
  it("is the same for the same content", async () => {
    const { root } = await packageWithDependencies();
    const first = await hashPackage(root);
    expect(first).toEqual({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await hashPackage(root)).toEqual(first);
  });

  const changes: Readonly<Record<string, (root: string, modules: string) => Promise<unknown>>> = {
    "its entry": (root) => appendFile(join(root, "plugin.js"), " "),
    "an inner file": (root) => appendFile(join(root, "lib/inner.js"), " "),
    "its package.json": (root) => appendFile(join(root, "package.json"), " "),
    "a new file": (root) => writeFile(join(root, "lib/new.js"), ""),
    "a removed file": (root) => rm(join(root, "lib/inner.js")),
    "a moved file": (root) => rename(join(root, "lib/inner.js"), join(root, "inner.js")),
    "a dependency beside it": (_root, modules) => appendFile(join(modules, "beside/index.js"), " "),
    "a removed dependency": (_root, modules) => rm(join(modules, "beside"), { recursive: true }),
    "a package inside it": (root) => appendFile(join(root, "node_modules/@in/side/index.js"), " "),
    "a new package inside it": async (root) => {
      await mkdir(join(root, "node_modules/beside"));
      await writeFile(join(root, "node_modules/beside/index.js"), "");
    },
    "a new link": (root) => symlink("plugin.js", join(root, "again.js")),
  };

  it.each(Object.keys(changes))("changes with %s", async (what) => {
    const { root, modules } = await packageWithDependencies();
    const before = await hashPackage(root);
    await changes[what]?.(root, modules);
    expect(await hashPackage(root)).not.toEqual(before);
  });

  it("does not exist if a link leads out of the package", async () => {
    const { root, modules } = await packageWithDependencies();
    await symlink(join(modules, "..", "src.js"), join(root, "lib/link.js"));
    await writeFile(join(modules, "..", "src.js"), "");
    expect(await hashPackage(root)).toEqual({
      problem: "its link lib/link.js leads out of the package",
    });
  });

  it("ignores what is not a file, and does not wait for it", async () => {
    const { root } = await packageWithDependencies();
    makePipe(join(root, "pipe"));
    expect(await hashPackage(root)).toHaveProperty("hash");
  });
});
