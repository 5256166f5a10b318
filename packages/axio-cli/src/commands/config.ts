import { type CommandContext, createHost } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import {
  type CliSettings,
  loadSettings,
  SETTING_NAMES,
  saveSettings,
  settingsPath,
} from "../settings-file.ts";
import { escapeLine } from "../text/terminal-text.ts";
import { UsageError } from "../usage-error.ts";

/** The setting that is stored in the list of profiles. */
const PROFILE = "profile";

/** Runs the command `config`. */
export async function runConfig(context: CommandContext): Promise<number> {
  const { args, cli, io } = context;
  const [name, value, ...others] = args.words;
  if (others.length > 0)
    throw new UsageError("There are too many words.", `For example: ${cli.name} config model MODEL`);
  if (name === undefined) return show(context);
  if (name === PROFILE && cli.provider.signIn !== undefined) return configureProfile(value, context);
  const setting = SETTING_NAMES.find((each) => each === name);
  if (setting === undefined)
    throw new UsageError(
      `There is no setting ${JSON.stringify(name)}.`,
      `Settings: ${namesOf(context).join(", ")}. All values: ${cli.name} config`,
    );
  const path = settingsPath(cli.providerName, io);
  const settings = await loadSettings(path);
  if (value !== undefined || args.unset) {
    if (value !== undefined && args.unset)
      throw new UsageError("--unset takes no value.", `For example: ${cli.name} config --unset ${name}`);
    await saveSettings(path, { ...settings, [setting]: value });
  }
  return show(context, name);
}

async function configureProfile(value: string | undefined, context: CommandContext): Promise<number> {
  const { args, cli } = context;
  if (args.unset) return useProfile("default", context);
  return value === undefined ? show(context, PROFILE) : useProfile(value, { ...context, cli });
}

async function useProfile(name: string, context: CommandContext): Promise<number> {
  const { runUse } = await import("./use.ts");
  return runUse({ ...context, args: { ...context.args, words: [name] } });
}

/** Shows all settings, or one. */
async function show(context: CommandContext, only?: string): Promise<number> {
  const { args, cli, io, out } = context;
  const stored: CliSettings = await loadSettings(settingsPath(cli.providerName, io));
  const { signIn } = cli.provider;
  const profile = await signIn?.profile(createHost(context), { signal: io.signal });
  const settings: Readonly<Record<string, string | undefined>> = { ...stored, [PROFILE]: profile?.name };
  if (args.json) {
    await out.json(only === undefined ? settings : { [only]: settings[only] });
    return EXIT.ok;
  }
  if (only !== undefined) {
    const value = settings[only];
    if (value !== undefined) await out.line(escapeLine(value));
    return value === undefined ? EXIT.failed : EXIT.ok;
  }
  const names = namesOf(context);
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) {
    const value = settings[name];
    await out.line(
      `${name.padEnd(width)}  ${value === undefined ? out.style.dim("not set") : escapeLine(value)}`,
    );
  }
  return EXIT.ok;
}

function namesOf({ cli }: CommandContext): readonly string[] {
  return [...SETTING_NAMES, ...(cli.provider.signIn === undefined ? [] : [PROFILE])];
}
