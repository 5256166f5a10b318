import { dirname } from "node:path";
import {
  type FoundPlugin,
  type FoundPlugins,
  PLUGIN_KINDS,
  type PluginOrigin,
  type PluginProblem,
  type UntrustedPackage,
} from "./found-plugins.ts";
import { describePlugin, pluginError } from "./plugin-error.ts";
import type { Declaration, PluginPackage } from "./plugin-package.ts";

/** A package and its origin. */
export interface PlacedPackage {
  readonly pack: PluginPackage;
  readonly origin: PluginOrigin;
}

/** The user's decisions about packages. */
export interface Decisions {
  /** Names of plugins (`"tools/clock"`) and packages that are not used. */
  readonly disabled: readonly string[];
  /** Whether the plugins of a project may run, by the directory of the package. Absent if the user has to be asked. */
  readonly trust: ReadonlyMap<string, boolean>;
}

/** One plugin of one package. */
export interface Candidate extends PlacedPackage {
  readonly declaration: Declaration;
}

/** Which plugins are used, and why others are not. */
export interface Choice {
  readonly chosen: readonly Candidate[];
  readonly problems: readonly PluginProblem[];
  readonly untrusted: readonly UntrustedPackage[];
  readonly disabled: readonly string[];
}

/**
 * Decides which plugins are used: of several with the same name the first, in package order, and of several copies of a package
 * the first.
 */
export function choosePlugins(packages: readonly PlacedPackage[], decisions: Decisions): Choice {
  const untrusted: UntrustedPackage[] = [];
  const disabled = new Set<string>();
  const candidates: Candidate[] = [];
  const seen = new Set<string>();
  for (const placed of packages) {
    const { pack } = placed;
    if (placed.origin === "project" && decisions.trust.get(pack.packageDir) !== true) {
      untrusted.push(toUntrusted(pack, decisions.trust.get(pack.packageDir) === false));
      continue;
    }
    if (seen.has(pack.packageName)) continue;
    seen.add(pack.packageName);
    if (decisions.disabled.includes(pack.packageName)) {
      disabled.add(pack.packageName);
      continue;
    }
    for (const declaration of pack.declarations) {
      const member = memberOf(declaration);
      if (decisions.disabled.includes(member)) disabled.add(member);
      else candidates.push({ ...placed, declaration });
    }
  }
  return { ...firstOfEachName(candidates), untrusted, disabled: [...disabled] };
}

/** The kind and name of a plugin: `"tools/clock"`. */
export function memberOf({ kind, name }: Pick<Declaration, "kind" | "name">): string {
  return `${kind}/${name}`;
}

function firstOfEachName(candidates: readonly Candidate[]): Pick<Choice, "chosen" | "problems"> {
  const chosen = new Map<string, Candidate>();
  const problems: PluginProblem[] = [];
  for (const kind of PLUGIN_KINDS) {
    for (const candidate of candidates.filter(({ declaration }) => declaration.kind === kind)) {
      const member = memberOf(candidate.declaration);
      const winner = chosen.get(member);
      if (winner === undefined) chosen.set(member, candidate);
      else problems.push(conflict(candidate, winner));
    }
  }
  return { chosen: [...chosen.values()], problems };
}

function conflict({ pack, declaration }: Candidate, { pack: winner }: Candidate): PluginProblem {
  const member = memberOf(declaration);
  const isSameDirectory = dirname(pack.packageDir) === dirname(winner.packageDir);
  const why = isSameDirectory ? "comes first alphabetically" : "is found first";
  const what = `${describePlugin(winner)} in ${winner.packageDir} has the same name, and ${why}`;
  const remedy = `Remove one of them, or add the name of a package to "disabled" in the settings: ${JSON.stringify(winner.packageName)} or ${JSON.stringify(pack.packageName)}.`;
  return {
    packageName: pack.packageName,
    kind: declaration.kind,
    name: declaration.name,
    error: pluginError(describePlugin(pack, member), what, remedy),
  };
}

function toUntrusted({ declarations, ...pack }: PluginPackage, refused: boolean): UntrustedPackage {
  const { packageName, packageVersion, packageDir } = pack;
  return { packageName, packageVersion, packageDir, plugins: declarations.map(memberOf), refused };
}

/** Groups the chosen plugins by kind. */
export function groupByKind(
  chosen: readonly Candidate[],
  loaderOf: (candidate: Candidate) => () => Promise<unknown>,
): Pick<FoundPlugins, "providers" | "tools" | "guards" | "selectors"> {
  const ofKind = <Plugin>(kind: Declaration["kind"]): readonly FoundPlugin<Plugin>[] =>
    chosen
      .filter(({ declaration }) => declaration.kind === kind)
      .map((candidate) => {
        const { packageName, packageVersion, packageDir } = candidate.pack;
        const { origin, declaration } = candidate;
        const load = loaderOf(candidate) as () => Promise<Plugin>;
        return { name: declaration.name, packageName, packageVersion, packageDir, origin, load };
      });
  return {
    providers: ofKind("providers"),
    tools: ofKind("tools"),
    guards: ofKind("guards"),
    selectors: ofKind("selectors"),
  };
}
