import type { PublicPackage } from "test-support/workspace/public-packages";

/** Sorts packages so that each follows the ones that it depends on: a release that stops half way leaves none that lacks another. */
export function inDependencyOrder(packages: readonly PublicPackage[]): readonly PublicPackage[] {
  const sorted = new Set<PublicPackage>();
  const add = (pack: PublicPackage): void => {
    for (const other of packages) {
      if (pack.dependencies.includes(other.name) && !sorted.has(other)) add(other);
    }
    sorted.add(pack);
  };
  for (const pack of packages) add(pack);
  return [...sorted];
}
