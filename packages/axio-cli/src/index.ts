export { EXIT } from "./exit-codes.ts";
export type { CliIo, CliStream } from "./io.ts";
export type { CliOptions } from "./options.ts";
export { runCommandLine } from "./run-command-line.ts";
export { runProcess } from "./run-process.ts";
