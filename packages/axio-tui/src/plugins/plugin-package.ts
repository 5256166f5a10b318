import type { AxioError } from "axio";
import type { PluginKind } from "./found-plugins.ts";

/** One plugin, as a package declares it. */
export interface Declaration {
  readonly kind: PluginKind;
  readonly name: string;
  /** The subpath of the package's `exports`: `"./plugin"`. */
  readonly subpath: string;
  readonly exportName: string;
}

/** What is known of a package before anything of it is loaded. */
export interface PackageInfo {
  readonly packageName: string;
  readonly packageVersion: string;
  /** The folder of the package, without links. */
  readonly packageFolder: string;
}

/** A package that declares plugins. */
export interface PluginPackage extends PackageInfo {
  readonly declarations: readonly Declaration[];
  /** Whether its `package.json` says which of its files may be imported. */
  readonly hasExports: boolean;
}

/** A mistake in what a package declares. */
export interface ManifestProblem {
  readonly kind?: PluginKind;
  readonly name?: string;
  readonly error: AxioError;
}
