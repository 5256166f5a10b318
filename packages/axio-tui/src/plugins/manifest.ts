import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { isPluginKind, PLUGIN_KINDS } from "./found-plugins.ts";
import { describePlugin, pluginError, thrownText } from "./plugin-error.ts";
import type { Declaration, ManifestProblem, PackageInfo, PluginPackage } from "./plugin-package.ts";

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
/** A version as npm requires it (https://semver.org). */
const VERSION = /^\d{1,16}\.\d{1,16}\.\d{1,16}(?:[-+][0-9A-Za-z.+-]{1,100})?$/;
/** A name as npm requires it. Old packages may have capital letters. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
const REFERENCE = /^(?<subpath>\.(?:\/[^#]+)?)#(?<exportName>[\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;

/** The plugins that a `package.json` declares. */
export interface ManifestResult {
  /** The name of the package; that of its directory, if it has none. */
  readonly packageName: string;
  /** Absent if it declares no plugin. */
  readonly found?: PluginPackage | undefined;
  readonly problems: readonly ManifestProblem[];
}

/**
 * Reads the plugins that a package declares. Most declare none, which the text shows without parsing.
 *
 * @param dirName The name under which it is installed.
 */
export function readManifest(text: string, packageDir: string, dirName: string): ManifestResult {
  if (!text.includes('"axio"')) return { packageName: dirName, problems: [] };
  const unnamed: PackageInfo = { packageName: dirName, packageVersion: "", packageDir };
  let manifest: unknown;
  try {
    manifest = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const what = `its package.json is not valid JSON (${thrownText(cause)})`;
    return {
      packageName: dirName,
      problems: [
        { error: pluginError(describePlugin(unnamed), what, `Install it again: ${packageDir}`, cause) },
      ],
    };
  }
  if (!isJsonObject(manifest) || manifest["axio"] === undefined)
    return { packageName: dirName, problems: [] };
  const { name, version, axio, exports } = manifest;
  const packageName = name === undefined || name === "" ? dirName : name;
  if (!isPackageName(packageName)) {
    const what = `its package.json names it ${JSON.stringify(packageName)}, which npm does not allow`;
    const remedy = `Install it again, or remove it: ${packageDir}`;
    return {
      packageName: dirName,
      problems: [{ error: pluginError(describePlugin(unnamed), what, remedy) }],
    };
  }
  const packageVersion = typeof version === "string" && VERSION.test(version) ? version : "";
  const info: PackageInfo = { packageName, packageVersion, packageDir };
  const { declarations, problems } = readDeclarations(axio, info);
  return {
    packageName: info.packageName,
    problems,
    found:
      declarations.length === 0
        ? undefined
        : { ...info, declarations, hasExports: exports !== undefined && exports !== null },
  };
}

/** @see https://docs.npmjs.com/cli/configuring-npm/package-json#name */
function isPackageName(name: JsonValue): name is string {
  return typeof name === "string" && name.length <= 214 && PACKAGE_NAME.test(name) && name !== "node_modules";
}

interface Declared {
  readonly declarations: Declaration[];
  readonly problems: ManifestProblem[];
}

function readDeclarations(axio: JsonValue, info: PackageInfo): Declared {
  const declared: Declared = { declarations: [], problems: [] };
  if (!isJsonObject(axio)) {
    declared.problems.push({
      error: mistake(
        info,
        undefined,
        `the member "axio" of its package.json is ${nameType(axio)}`,
        "an object",
      ),
    });
    return declared;
  }
  for (const [kind, plugins] of Object.entries(axio)) {
    if (!isPluginKind(kind)) {
      const what = `its package.json declares ${JSON.stringify(kind)}, which this version does not know`;
      const remedy = `It knows ${PLUGIN_KINDS.join(", ")}. Correct the name, or update axio-tui.`;
      declared.problems.push({ error: pluginError(describePlugin(info), what, remedy) });
    } else if (!isJsonObject(plugins)) {
      const what = `"axio"."${kind}" in its package.json is ${nameType(plugins)}`;
      declared.problems.push({
        kind,
        error: mistake(info, undefined, what, 'an object: { "name": "./plugin#export" }'),
      });
    } else readKind(kind, plugins, info, declared);
  }
  return declared;
}

function readKind(
  kind: Declaration["kind"],
  plugins: JsonObject,
  info: PackageInfo,
  { declarations, problems }: Declared,
): void {
  for (const [name, reference] of Object.entries(plugins)) {
    const member = `${kind}/${name}`;
    if (!NAME.test(name)) {
      const what = `its name is ${JSON.stringify(name)}`;
      const expected = "letters, digits, dots, dashes and underscores, at most 64";
      problems.push({ kind, name, error: mistake(info, member, what, expected) });
      continue;
    }
    const { subpath, exportName } =
      (typeof reference === "string" ? REFERENCE.exec(reference)?.groups : undefined) ?? {};
    if (subpath === undefined || exportName === undefined) {
      const what = `its package.json names ${JSON.stringify(reference)}`;
      const expected = 'an entry of its exports and a name that it exports: "./plugin#provider"';
      problems.push({ kind, name, error: mistake(info, member, what, expected) });
    } else declarations.push({ kind, name, subpath, exportName });
  }
}

function mistake(
  info: PackageInfo,
  member: string | undefined,
  what: string,
  expected: string,
): ManifestProblem["error"] {
  return pluginError(
    describePlugin(info, member),
    what,
    `It must be ${expected}. Update the package, or tell its author.`,
  );
}

function nameType(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
