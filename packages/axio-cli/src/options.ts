import type { LoginMethod, Provider, ProviderSetting } from "axio/plugin";
import { InvalidArgumentError, Option } from "commander";

/** The command line of one provider. */
export interface CliOptions {
  /** The command that users type: `"axio-codex"`. */
  readonly name: string;
  readonly version: string;
  /** The purpose, in a few words. */
  readonly purpose: string;
  /** The name of the provider in file names: `"codex"`. */
  readonly providerName: string;
  readonly provider: Provider;
}

/** The values of a command's options, and its words. */
export interface Arguments {
  readonly words: readonly string[];
  readonly profile?: string;
  readonly store?: string;
  readonly json?: true;
  readonly browser?: true;
  readonly device?: true;
  readonly paste?: true;
  readonly apiKey?: true;
  readonly fromEnv?: true;
  readonly enablePlan?: true;
  readonly forget?: true;
  readonly model?: string;
  readonly effort?: string;
  readonly image?: readonly string[];
  readonly file?: readonly string[];
  readonly continue?: true;
  readonly unset?: true;
  /** The settings of the provider. */
  readonly settings: Readonly<Record<string, string | number | string[]>>;
}

const METHOD_TEXTS: Readonly<Record<LoginMethod, string>> = {
  browser: "sign in with the browser of this computer",
  device: "sign in on another device, with a code",
  paste: "sign in anywhere, and paste the address that the browser ends on",
  "api-key": "enter an API key",
  "from-env": "store the API key of the environment",
};

/** Creates an option whose value must not be empty. */
export function valueOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(nonEmpty);
}

/** Creates an option that may be repeated. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value, previous: readonly string[] = []) => [
    ...previous,
    nonEmpty(value),
  ]);
}

export const JSON_OPTION: Option = new Option("--json", "print JSON, one value per line");

/** The options for the login methods of a provider. They exclude each other. */
export function methodOptions(methods: readonly LoginMethod[]): readonly Option[] {
  return methods.map((method) =>
    new Option(`--${method}`, METHOD_TEXTS[method]).conflicts(
      methods.filter((other) => other !== method).map(attributeOf),
    ),
  );
}

/** The login method that the arguments choose. */
export function chosenMethod(args: Arguments, methods: readonly LoginMethod[]): LoginMethod | undefined {
  return methods.find((method) => args[attributeOf(method)] === true);
}

/** The options that select a profile. */
export function profileOptions({ name, provider: { signIn } }: CliOptions): readonly Option[] {
  if (signIn === undefined) return [];
  const stores = signIn.stores.map(({ name: store, description }, index) => {
    const note = index === 0 ? "default" : description;
    return note === undefined ? store : `${store} (${note})`;
  });
  return [
    valueOption("--profile <name>", `which sign-in, if you have several (default: see ${name} use)`),
    valueOption("--store <store>", `the store: ${stores.join(", ")}, or the path of a file`),
  ];
}

/** The settings of a provider that a command uses, as options. */
export function settingOptions(
  { provider: { settings = [] } }: CliOptions,
  action: ProviderSetting["appliesTo"][number],
): readonly Option[] {
  return settings.filter(({ appliesTo }) => appliesTo.includes(action)).map(settingOption);
}

function settingOption({ name, type, valueName, description, choices }: ProviderSetting): Option {
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const flags = `--${kebab} <${valueName}>`;
  if (type === "strings") return listOption(flags, description);
  const option = new Option(flags, description);
  if (choices !== undefined) return option.choices(choices);
  return type === "number" ? option.argParser(numeric) : option.argParser(nonEmpty);
}

function attributeOf(method: LoginMethod): "browser" | "device" | "paste" | "apiKey" | "fromEnv" {
  if (method === "api-key") return "apiKey";
  return method === "from-env" ? "fromEnv" : method;
}

function nonEmpty(value: string): string {
  if (value !== "") return value;
  throw new InvalidArgumentError("It is empty. Is a variable of your shell not set?");
}

function numeric(value: string): number {
  const number = Number(nonEmpty(value));
  if (Number.isFinite(number)) return number;
  throw new InvalidArgumentError("Use a number.");
}
