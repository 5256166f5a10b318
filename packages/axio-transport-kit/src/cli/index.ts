export type { ParsedArgs } from "./args.ts";
export type { Channel } from "./channel.ts";
export type { CommandContext, CommandEnds, CommandSpec, OptionSpec } from "./command.ts";
export { type CommandTexts, standardCommands } from "./command-table.ts";
export type { CliIo, CliOutput } from "./io.ts";
export type {
  AccountInfo,
  CliParts,
  CliProgram,
  CliTransport,
  LoginCall,
  LoginMethod,
  LogoutCall,
  LogoutOutcome,
  TransportCall,
} from "./program.ts";
export { runCommandLine } from "./run-command-line.ts";
export { runProcess } from "./run-process.ts";
export type { Style } from "./style.ts";
export { UsageError } from "./usage-error.ts";
