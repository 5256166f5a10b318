import { resolve } from "node:path";
import { EXIT, escapeLine } from "axio-cli/internal";
import { openCommandSettings } from "../host/environment.ts";
import type { CommandContext } from "../host/io.ts";
import { openFolder } from "../host/open-folder.ts";
import {
  type FoundPlugin,
  type FoundPlugins,
  PLUGIN_KINDS,
  type PluginKind,
} from "../plugins/found-plugins.ts";
import { shown } from "../trust/describe-items.ts";
import type { Invocation } from "./read-arguments.ts";
import { storeAnswer } from "./trust.ts";

const TITLES: Readonly<Record<PluginKind, string>> = {
  providers: "Providers",
  tools: "Tools",
  guards: "Guards",
  selectors: "Selectors",
};

/** A plugin that was loaded, or failed to load. */
interface LoadedPlugin {
  readonly kind: PluginKind;
  readonly plugin: FoundPlugin<{ readonly title: string }>;
  /** Absent if it failed to load. */
  readonly title?: string | undefined;
}

/** A plugin or package that cannot be used. */
interface Problem {
  readonly packageName: string;
  readonly kind?: PluginKind | undefined;
  readonly name?: string | undefined;
  readonly message: string;
}

/** `axio plugins`: loads all plugins, and lists them and their problems. */
export async function runPlugins(
  { json, trust, folder = "." }: Extract<Invocation, { readonly command: "plugins" }>,
  { io, out, err }: CommandContext,
): Promise<number> {
  const directory = resolve(io.cwd, folder);
  const { settings, mistakes } = await openCommandSettings();
  let opened = await openFolder(io, directory, settings);
  if (trust && opened.found.untrusted.length > 0) {
    const plugins = opened.decided.map(({ item }) => item).filter(({ kind }) => kind === "plugin");
    await storeAnswer(opened.contents.folder, plugins, true, settings);
    opened = await openFolder(io, directory, settings);
  }
  const { found } = opened;
  const { loaded, problems } = await loadAll(found);
  const { path } = settings;
  if (json) await out.line(JSON.stringify({ settings: path, ...toJson(found, loaded, problems) }, null, 2));
  else await out.line([...toLines(found, loaded, problems), `Settings: ${path}`].join("\n"));
  for (const { message } of mistakes) await err.line(escapeLine(message));
  return problems.length === 0 ? EXIT.ok : EXIT.failed;
}

async function loadAll(
  found: FoundPlugins,
): Promise<{ readonly loaded: readonly LoadedPlugin[]; readonly problems: readonly Problem[] }> {
  const loaded: LoadedPlugin[] = [];
  const problems: Problem[] = found.problems.map(({ packageName, kind, name, error }) => ({
    packageName,
    kind,
    name,
    message: error.message,
  }));
  for (const kind of PLUGIN_KINDS) {
    for (const plugin of found[kind]) {
      const { name, packageName } = plugin;
      try {
        loaded.push({ kind, plugin, title: (await plugin.load()).title });
      } catch (error) {
        loaded.push({ kind, plugin });
        const message = error instanceof Error ? error.message : String(error);
        problems.push({ packageName, kind, name, message });
      }
    }
  }
  return { loaded, problems };
}

function toJson(
  { untrusted, disabled }: FoundPlugins,
  loaded: readonly LoadedPlugin[],
  problems: readonly Problem[],
): object {
  return {
    plugins: loaded.map(({ kind, plugin, title }) => ({
      kind,
      name: plugin.name,
      title,
      package: plugin.packageName,
      version: plugin.packageVersion,
      folder: plugin.packageDir,
      origin: plugin.origin,
      usable: title !== undefined,
    })),
    problems,
    untrusted,
    disabled,
  };
}

function toLines(
  { untrusted, disabled }: FoundPlugins,
  loaded: readonly LoadedPlugin[],
  problems: readonly Problem[],
): readonly string[] {
  const lines: string[] = [];
  for (const kind of PLUGIN_KINDS) {
    const ofKind = loaded.filter((plugin) => plugin.kind === kind);
    if (ofKind.length > 0) lines.push(TITLES[kind], ...tableLines(ofKind), "");
  }
  if (loaded.length === 0)
    lines.push("No plugins are installed. Install one: npm install --global axio-transport-codex", "");
  if (disabled.length > 0) lines.push(`Disabled in the settings: ${disabled.join(", ")}`, "");
  if (untrusted.length > 0)
    lines.push(
      "Not used, because you do not trust these plugins of the folder (axio trust):",
      ...untrusted.map(
        ({ packageName, packageVersion, plugins, packageDir }) =>
          `  ${shown(`${packageName} ${packageVersion} (${plugins.join(", ")}) in ${packageDir}`)}`,
      ),
      "",
    );
  if (problems.length > 0)
    lines.push("Problems", ...problems.map(({ message }) => `  ! ${escapeLine(message)}`), "");
  return lines;
}

function tableLines(loaded: readonly LoadedPlugin[]): readonly string[] {
  const rows = loaded.map(({ plugin, title }) =>
    [
      plugin.name,
      title ?? "(cannot be used, see below)",
      `${plugin.packageName} ${plugin.packageVersion}`,
      plugin.origin,
    ].map(escapeLine),
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}
