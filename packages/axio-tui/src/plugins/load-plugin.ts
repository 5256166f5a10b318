import { isAbsolute, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AxioError } from "axio";
import { errorCode } from "axio/internal";
import { moduleResolve } from "import-meta-resolve";
import { pluginMistake } from "./check-plugin.ts";
import { memberOf } from "./choose-plugins.ts";
import { guardPlugin } from "./guarded-plugin.ts";
import { describePlugin, pluginError, thrownText } from "./plugin-error.ts";
import type { Declaration, PluginPackage } from "./plugin-package.ts";
import { withTimeLimit } from "./time-limit.ts";

/** Options of {@link loadPlugin}. */
export interface LoadOptions {
  /** The conditions of `exports`. */
  readonly conditions: ReadonlySet<string>;
  /** How long a plugin may take to load, in milliseconds. */
  readonly loadTimeoutMs: number;
  /** How long a plugin may take to open, in milliseconds. */
  readonly openTimeoutMs: number;
}

/**
 * Loads one plugin.
 *
 * @throws AxioError `plugin-failed`.
 */
export async function loadPlugin(
  pack: PluginPackage,
  declaration: Declaration,
  { conditions, loadTimeoutMs, openTimeoutMs }: LoadOptions,
): Promise<unknown> {
  const subject = describePlugin(pack, memberOf(declaration));
  const { kind, subpath, exportName } = declaration;
  const url = locate(pack, declaration, conditions);
  const module = await withTimeLimit(
    () => importModule(url, pack, subject),
    loadTimeoutMs,
    () =>
      pluginError(
        subject,
        `it did not load within ${loadTimeoutMs / 1000} s`,
        "Update the package, or remove it.",
      ),
  );
  if (!Object.hasOwn(module, exportName)) {
    const names = Object.keys(module);
    const actual = names.length === 0 ? "exports nothing" : `exports ${names.slice(0, 8).join(", ")}`;
    throw pluginError(
      subject,
      `${subpath} has no export "${exportName}" (it ${actual})`,
      "Update the package, or tell its author.",
    );
  }
  const plugin = module[exportName];
  const mistake = pluginMistake(kind, plugin);
  const member = memberOf(declaration);
  if (mistake === undefined) return guardPlugin(plugin, { kind, member, subject, timeoutMs: openTimeoutMs });
  throw pluginError(
    subject,
    `its export "${exportName}" is not a plugin: ${mistake}`,
    "Update the package, or tell its author.",
  );
}

/** Returns the URL of the module that a declaration names. */
function locate(pack: PluginPackage, declaration: Declaration, conditions: ReadonlySet<string>): string {
  const { packageDir, packageName, hasExports } = pack;
  const { subpath } = declaration;
  const parent = pathToFileURL(`${packageDir}/package.json`);
  try {
    // Self-reference by name works wherever the package is.
    const specifier = hasExports ? packageName + subpath.slice(1) : subpath;
    const url = moduleResolve(specifier, parent, new Set(conditions), false);
    const path = fileURLToPath(url);
    const inside = relative(packageDir, path);
    if (inside.startsWith("..") || isAbsolute(inside))
      throw new Error(`It resolves to ${path}, outside the package`);
    return url.href;
  } catch (cause) {
    throw pluginError(
      describePlugin(pack, memberOf(declaration)),
      `its package.json names "${subpath}", which cannot be found (${thrownText(cause)})`,
      "Update the package, or tell its author.",
      cause,
    );
  }
}

async function importModule(
  url: string,
  pack: PluginPackage,
  subject: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(url)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const missing = missingPackage(cause);
    if (missing !== undefined) {
      throw pluginError(
        subject,
        `it needs the package "${missing}", which is not installed`,
        `Install it where ${pack.packageName} is: npm install ${missing}`,
        cause,
      );
    }
    const prefix = AxioError.is(cause) ? "" : "it threw an error while loading: ";
    throw pluginError(
      subject,
      `${prefix}${thrownText(cause)}`,
      "Update the package, or tell its author.",
      cause,
    );
  }
}

/** Returns the package that an import did not find. Node names it only in the message. */
function missingPackage(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return undefined;
  const name = /Cannot find (?:package|module) '([^']+)'/.exec((error as Error).message)?.[1];
  if (name === undefined || /^(?:\.|\/|file:|[A-Za-z]:)/.test(name)) return undefined;
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}
