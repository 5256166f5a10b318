import type { BearerCredentials } from "../credentials.ts";
import type { ParsedArgs } from "./args.ts";
import type { Channel } from "./channel.ts";
import type { CliIo } from "./io.ts";
import type { CliProgram } from "./program.ts";

/** One option of a command. Parsing and help are both made from it. */
export interface OptionSpec {
  readonly name: string;
  /** What stands for the value in the help; without it the option takes none. */
  readonly value?: string;
  readonly short?: string;
  /** The values that there are. Default: any. */
  readonly choices?: readonly string[];
  /** It may be given more than once. */
  readonly multiple?: true;
  readonly description: string;
}

/** What a command is asked, and where it answers. */
export interface CommandEnds {
  readonly args: ParsedArgs;
  readonly io: CliIo;
  /** Answers. */
  readonly out: Channel;
  /** Progress, questions, errors. */
  readonly err: Channel;
}

/** What a command works with. */
export interface CommandContext<C extends BearerCredentials> extends CommandEnds {
  readonly program: CliProgram<C>;
}

/** One command, without what it does: that is loaded when it is called, so that `--help` and `--version` are fast. */
export interface CommandSpec<C extends BearerCredentials> {
  readonly name: string;
  readonly summary: string;
  /** What stands for the words after the command; without it there are none. */
  readonly words?: string;
  readonly options: readonly OptionSpec[];
  /** Paragraphs for the help. */
  readonly notes: readonly string[];
  readonly examples: readonly string[];
  readonly load: () => Promise<(context: CommandContext<C>) => Promise<number>>;
}
