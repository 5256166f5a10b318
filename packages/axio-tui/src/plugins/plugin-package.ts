import type { AxioError } from "axio";
import type { PluginKind } from "./found-plugins.ts";

/** A plugin that a package declares. */
export interface Declaration {
  readonly kind: PluginKind;
  readonly name: string;
  /** The subpath of the package's `exports`: `"./plugin"`. */
  readonly subpath: string;
  readonly exportName: string;
}

/** A package. */
export interface PackageInfo {
  readonly packageName: string;
  readonly packageVersion: string;
  /** The directory of the package, without symbolic links. */
  readonly packageDir: string;
}

/** A package that declares plugins. */
export interface PluginPackage extends PackageInfo {
  readonly declarations: readonly Declaration[];
  /** Whether its `package.json` has `exports`. */
  readonly hasExports: boolean;
}

/** A mistake in a declaration. */
export interface ManifestProblem {
  readonly kind?: PluginKind | undefined;
  readonly name?: string | undefined;
  readonly error: AxioError;
}
