import { isJsonObject, type JsonObject, type JsonValue } from "axio";
import { describePlugin, pluginError, thrownText } from "./plugin-error.ts";
import { isPluginKind, PLUGIN_KINDS } from "./plugin-kinds.ts";
import type { Declaration, ManifestProblem, PackageInfo, PluginPackage } from "./plugin-package.ts";

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const REFERENCE = /^(?<subpath>\.(?:\/[^#]+)?)#(?<exportName>[\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;

/** What a `package.json` says of plugins. */
export interface ManifestResult {
  /** The name that the package gives itself, else that of its folder. */
  readonly packageName: string;
  /** Absent where it declares no plugin. */
  readonly found?: PluginPackage;
  readonly problems: readonly ManifestProblem[];
}

/**
 * Reads what a package declares. Most packages declare nothing, so that is told from the text alone.
 *
 * @param folderName The name under which it is installed.
 */
export function readManifest(text: string, packageFolder: string, folderName: string): ManifestResult {
  if (!text.includes('"axio"')) return { packageName: folderName, problems: [] };
  const unnamed: PackageInfo = { packageName: folderName, packageVersion: "", packageFolder };
  let manifest: unknown;
  try {
    manifest = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const what = `its package.json is no JSON (${thrownText(cause)})`;
    return {
      packageName: folderName,
      problems: [
        { error: pluginError(describePlugin(unnamed), what, `Install it again: ${packageFolder}`, cause) },
      ],
    };
  }
  if (!isJsonObject(manifest) || manifest["axio"] === undefined)
    return { packageName: folderName, problems: [] };
  const { name, version, axio, exports } = manifest;
  const facts: PackageInfo = {
    packageName: typeof name === "string" && name !== "" ? name : folderName,
    packageVersion: typeof version === "string" ? version : "",
    packageFolder,
  };
  const { declarations, problems } = readDeclarations(axio, facts);
  return {
    packageName: facts.packageName,
    problems,
    ...(declarations.length === 0
      ? {}
      : { found: { ...facts, declarations, hasExports: exports !== undefined && exports !== null } }),
  };
}

interface Declared {
  readonly declarations: Declaration[];
  readonly problems: ManifestProblem[];
}

function readDeclarations(axio: JsonValue, facts: PackageInfo): Declared {
  const declared: Declared = { declarations: [], problems: [] };
  if (!isJsonObject(axio)) {
    declared.problems.push({
      error: mistake(
        facts,
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
      declared.problems.push({ error: pluginError(describePlugin(facts), what, remedy) });
    } else if (!isJsonObject(plugins)) {
      const what = `"axio"."${kind}" in its package.json is ${nameType(plugins)}`;
      declared.problems.push({
        kind,
        error: mistake(facts, undefined, what, 'an object: { "name": "./plugin#export" }'),
      });
    } else readKind(kind, plugins, facts, declared);
  }
  return declared;
}

function readKind(
  kind: Declaration["kind"],
  plugins: JsonObject,
  facts: PackageInfo,
  { declarations, problems }: Declared,
): void {
  for (const [name, reference] of Object.entries(plugins)) {
    const member = `${kind}/${name}`;
    if (!NAME.test(name)) {
      const what = `its name is ${JSON.stringify(name)}`;
      const wanted = "letters, digits, dots, dashes and underscores, 64 at the most";
      problems.push({ kind, name, error: mistake(facts, member, what, wanted) });
      continue;
    }
    const { subpath, exportName } =
      (typeof reference === "string" ? REFERENCE.exec(reference)?.groups : undefined) ?? {};
    if (subpath === undefined || exportName === undefined) {
      const what = `its package.json names ${JSON.stringify(reference)}`;
      const wanted = 'an entry of its exports and a name that it exports: "./plugin#transport"';
      problems.push({ kind, name, error: mistake(facts, member, what, wanted) });
    } else declarations.push({ kind, name, subpath, exportName });
  }
}

function mistake(
  facts: PackageInfo,
  member: string | undefined,
  what: string,
  wanted: string,
): ManifestProblem["error"] {
  return pluginError(
    describePlugin(facts, member),
    what,
    `It has to be ${wanted}. Update the package, or tell its author.`,
  );
}

function nameType(value: JsonValue): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
