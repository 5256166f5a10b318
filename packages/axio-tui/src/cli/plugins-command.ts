import { resolve } from "node:path";
import {
  type FoundPlugin,
  type FoundPlugins,
  PLUGIN_KINDS,
  type PluginKind,
} from "../plugins/found-plugins.ts";
import { cleanLine } from "./clean-line.ts";
import { beginWithSettings, findInstalled } from "./environment.ts";
import { EXIT } from "./exit-codes.ts";
import { type CliIo, write } from "./io.ts";
import { decideTrust, describeUntrusted } from "./trust.ts";

const TITLES: Readonly<Record<PluginKind, string>> = {
  providers: "Providers",
  tools: "Tools",
  guards: "Guards",
  selectors: "Selectors",
};

/** One plugin, seen by loading it. */
interface Seen {
  readonly kind: PluginKind;
  readonly plugin: FoundPlugin<{ readonly title: string }>;
  /** What it calls itself. Absent where it cannot be loaded. */
  readonly title?: string;
}

/** A plugin or package that cannot be used. */
interface Trouble {
  readonly packageName: string;
  readonly kind?: PluginKind;
  readonly name?: string;
  readonly message: string;
}

/** `axio plugins`: loads each plugin, and says what was found. */
export async function runPlugins(
  {
    json,
    trust,
    folder = ".",
  }: { readonly json: boolean; readonly trust: boolean; readonly folder?: string },
  io: CliIo,
): Promise<number> {
  const where = resolve(io.cwd, folder);
  const { settings, mistakes } = await beginWithSettings();
  let found = await findInstalled(io, where, settings);
  if (trust && found.untrusted.length > 0) {
    await decideTrust(found.untrusted, true, settings);
    found = await findInstalled(io, where, settings);
  }
  const { seen, troubles } = await look(found);
  const { path } = settings;
  const text = json
    ? JSON.stringify({ settings: path, ...toJson(found, seen, troubles) }, null, 2)
    : [...toText(found, seen, troubles), `Settings: ${path}`].join("\n");
  await write(io.stdout, `${text}\n`);
  for (const { message } of mistakes) await write(io.stderr, `${cleanLine(message)}\n`);
  return troubles.length === 0 ? EXIT.ok : EXIT.failed;
}

async function look(
  found: FoundPlugins,
): Promise<{ readonly seen: readonly Seen[]; readonly troubles: readonly Trouble[] }> {
  const troubles: Trouble[] = found.problems.map(({ packageName, kind, name, error }) => ({
    packageName,
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
    message: error.message,
  }));
  const seen: Seen[] = [];
  for (const kind of PLUGIN_KINDS) {
    for (const plugin of found[kind]) {
      try {
        const { title } = await plugin.load();
        seen.push({ kind, plugin, title });
      } catch (error) {
        seen.push({ kind, plugin });
        const message = error instanceof Error ? error.message : String(error);
        troubles.push({ packageName: plugin.packageName, kind, name: plugin.name, message });
      }
    }
  }
  return { seen, troubles };
}

function toJson(
  { untrusted, disabled }: FoundPlugins,
  seen: readonly Seen[],
  problems: readonly Trouble[],
): object {
  return {
    plugins: seen.map(({ kind, plugin, title }) => ({
      kind,
      name: plugin.name,
      ...(title === undefined ? {} : { title }),
      package: plugin.packageName,
      version: plugin.packageVersion,
      folder: plugin.packageFolder,
      origin: plugin.origin,
      usable: title !== undefined,
    })),
    problems,
    untrusted,
    disabled,
  };
}

function toText(
  { untrusted, disabled }: FoundPlugins,
  seen: readonly Seen[],
  troubles: readonly Trouble[],
): readonly string[] {
  const lines: string[] = [];
  for (const kind of PLUGIN_KINDS) {
    const ofKind = seen.filter((one) => one.kind === kind);
    if (ofKind.length === 0) continue;
    lines.push(TITLES[kind], ...table(ofKind), "");
  }
  if (seen.length === 0)
    lines.push("No plugins were found. Install one, such as: npm install --global axio-transport-codex", "");
  if (disabled.length > 0) lines.push(`Turned off in the settings: ${disabled.join(", ")}`, "");
  if (untrusted.length > 0)
    lines.push(
      "Not used, since you did not say that this project's plugins may run (axio plugins --trust):",
      ...untrusted.map((pack) => `  ${describeUntrusted(pack)}`),
      "",
    );
  if (troubles.length > 0)
    lines.push("Problems", ...troubles.map(({ message }) => `  ! ${cleanLine(message)}`), "");
  return lines;
}

function table(seen: readonly Seen[]): readonly string[] {
  const rows = seen.map(({ plugin, title }) =>
    [
      plugin.name,
      title ?? "(cannot be used, see below)",
      `${plugin.packageName} ${plugin.packageVersion}`,
      plugin.origin,
    ].map(cleanLine),
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}
