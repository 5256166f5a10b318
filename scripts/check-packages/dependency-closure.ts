import type { PublicPackage } from "test-support/workspace/public-packages";

/**
 * Returns the named packages and all packages of the workspace that they depend on, in the order of the list.
 *
 * @param names Default, if empty: all.
 * @throws Error if a name is not in the list.
 */
export function dependencyClosure(
  packages: readonly PublicPackage[],
  names: readonly string[],
): readonly PublicPackage[] {
  if (names.length === 0) return packages;
  const wanted = new Set(names);
  const unknown = names.filter((name) => !packages.some((pack) => pack.name === name));
  if (unknown.length > 0) {
    const known = packages.map(({ name }) => name).join(", ");
    throw new Error(`There is no public package ${unknown.join(", ")}. The packages are ${known}.`);
  }
  // A set iterates over what is added on the way.
  for (const name of wanted) {
    for (const { name: own, dependencies } of packages) {
      if (own === name) for (const dependency of dependencies) wanted.add(dependency);
    }
  }
  return packages.filter(({ name }) => wanted.has(name));
}
