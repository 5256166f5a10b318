import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { AxioError, isJsonObject } from "axio";
import type { PluginHost, Provider } from "axio/plugin";

/**
 * Loads a provider from its installed package, by the name of the provider or of the package.
 *
 * @param cwd The directory in which packages are searched after those of this package.
 * @throws AxioError `invalid-argument` if no such package is installed, or it has no provider.
 */
export async function loadProvider(name: string, cwd: string): Promise<Provider> {
  const packageName = /^(?:@|axio-transport-)/.test(name) ? name : `axio-transport-${name}`;
  const roots = [import.meta.url, pathToFileURL(`${cwd}/`).href];
  for (const root of roots) {
    const require = createRequire(root);
    const manifest = readManifest(require, packageName);
    const [entry] = Object.values(providersOf(manifest));
    if (entry === undefined) continue;
    const [path = "", exported = ""] = entry.split("#");
    const module = (await import(pathToFileURL(require.resolve(packageName + path.slice(1))).href)) as Record<
      string,
      Provider
    >;
    const provider = module[exported];
    if (provider !== undefined) return provider;
  }
  throw new AxioError(
    "invalid-argument",
    `There is no provider ${JSON.stringify(name)}. Install its package: npm install ${packageName}`,
  );
}

/** Returns the host of a provider that runs without a user. */
export function headlessHost(
  { cwd, env, signal }: Pick<PluginHost, "cwd" | "env" | "signal">,
  onWarning: (text: string) => void,
): PluginHost {
  return {
    appName: "axio-gateway",
    cwd,
    env,
    settings: {},
    signal,
    onWarning: (warning) => onWarning(typeof warning === "string" ? warning : warning.message),
    requestPermission: () => Promise.resolve({ allowed: false, reason: "No user can be asked." }),
  };
}

function readManifest(require: NodeJS.Require, packageName: string): unknown {
  try {
    return require(`${packageName}/package.json`) as unknown;
  } catch {
    // Not installed here.
    return undefined;
  }
}

function providersOf(manifest: unknown): Readonly<Record<string, string>> {
  const axio = isJsonObject(manifest) ? manifest["axio"] : undefined;
  const providers = isJsonObject(axio) ? axio["providers"] : undefined;
  return isJsonObject(providers) ? (providers as Record<string, string>) : {};
}
