import { Command, configureHelp, InvalidArgumentError, Option, type Output } from "axio-cli/internal";
import { type KeyLimits, LIMIT_TEXTS } from "../limits/key-limits.ts";
import { VERSION } from "../version.ts";

/** The arguments of `axio-gateway serve`. */
export interface ServeArguments {
  readonly port: number;
  readonly listen: string;
  readonly insecureHttp?: true;
  readonly hostName: readonly string[];
  readonly origin: readonly string[];
  readonly provider: readonly string[];
  readonly profile?: string;
  readonly modelMap: readonly string[];
  readonly strict?: true;
  readonly connectedApplication?: string;
  readonly drain: number;
}

/** The arguments of `axio-gateway keys create`. */
export interface CreateKeyArguments extends KeyLimits {
  readonly name: string;
  readonly profile?: string;
  readonly model: readonly string[];
  readonly expiresInDays?: number;
  readonly json?: true;
}

/** The command that the arguments chose. */
export type Chosen =
  | { readonly command: "serve"; readonly args: ServeArguments }
  | { readonly command: "create-key"; readonly args: CreateKeyArguments }
  | { readonly command: "list-keys"; readonly args: { readonly json?: true } }
  | { readonly command: "revoke-key"; readonly args: { readonly name: string } };

const repeatable = (value: string, values: readonly string[]): readonly string[] => [...values, value];

/** Returns a parser of whole numbers. */
function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (value: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  return (value) => {
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a number ${range}.`);
  };
}

/** Creates the program. `onChosen` is called while it parses. */
export function createProgram(out: Output, onChosen: (chosen: Chosen) => void): Command {
  const program = new Command("axio-gateway")
    .description("Serve the Responses, Chat Completions and Messages APIs on this computer")
    .version(VERSION, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .enablePositionalOptions();
  configureHelp(program, out);
  program
    .command("serve", { isDefault: true })
    .summary("start the gateway")
    .description("Start the gateway. The first start creates a key and shows it once.")
    .helpOption("-h, --help", "show help")
    .addOption(
      new Option("-p, --port <number>", "the port; 0 for any")
        .argParser(wholeNumber(0, 65_535))
        .default(4000),
    )
    .option(
      "--provider <name>",
      "codex, openai, anthropic, or a package; repeat for several profiles",
      repeatable,
      [],
    )
    .option("--profile <name>", "the sign-in to use")
    .option("--model-map <from=to>", "another name of a model; may be repeated", repeatable, [])
    .option("--strict", "refuse requests that ask for something without effect")
    .option("--origin <origin>", "a web page that may send requests; may be repeated", repeatable, [])
    .option("--host-name <host:port>", "another name of this server; may be repeated", repeatable, [])
    .option("--listen <address>", "the address to listen on", "127.0.0.1")
    .option("--insecure-http", "let other machines connect without encryption")
    .option("--connected-application <name>", "serve your own program with Sign in with ChatGPT")
    .addOption(
      new Option("--drain <seconds>", "how long requests may take to end")
        .argParser(wholeNumber(1))
        .default(60),
    )
    .action((args: ServeArguments) => onChosen({ command: "serve", args }));
  const keys = program
    .command("keys")
    .summary("create, list and revoke keys")
    .helpOption("-h, --help", "show help");
  const create = keys
    .command("create <name>")
    .summary("create a key and show it once")
    .option("--profile <name>", "the profile that it uses")
    .option("--model <id>", "a model that it may use; may be repeated", repeatable, [])
    .addOption(new Option("--expires-in-days <number>", "when it stops working").argParser(wholeNumber(1)))
    .option("--json", "print JSON")
    .action((name: string, args: Omit<CreateKeyArguments, "name">) =>
      onChosen({ command: "create-key", args: { ...args, name } }),
    );
  for (const { option, description, max } of Object.values(LIMIT_TEXTS))
    create.addOption(new Option(`${option} <number>`, description).argParser(wholeNumber(1, max)));
  keys
    .command("list")
    .summary("list the keys")
    .option("--json", "print JSON")
    .action((args: { readonly json?: true }) => onChosen({ command: "list-keys", args }));
  keys
    .command("revoke <name>")
    .summary("delete a key")
    .action((name: string) => onChosen({ command: "revoke-key", args: { name } }));
  for (const command of keys.commands) configureHelp(command, out);
  return program;
}
