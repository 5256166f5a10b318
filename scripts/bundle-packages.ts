import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bundlePackage } from "test-support/workspace/bundle-package";
import { readPublicPackages } from "test-support/workspace/public-packages";

/** Bundles each package into its `dist`. `tsc -b` emits the types. */
for (const entry of await readPublicPackages()) {
  const dist = join(entry.folder, "dist");
  // Files of an earlier build would be packed.
  for (const name of await readdir(dist, { recursive: true })) {
    if (/\.js(?:\.map)?$/.test(name)) await rm(join(dist, name));
  }
  // The package contains the sources.
  await bundlePackage(entry, dist, { sourcemap: true, sourcesContent: false });
}
