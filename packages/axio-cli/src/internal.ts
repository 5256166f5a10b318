// One copy for all programs: errors of another copy would not be recognized.
export { Command, InvalidArgumentError, Option } from "commander";
export { hasPipedInput } from "./ask/prompt.ts";
export { type CompletedProgram, completionScript, SHELLS } from "./completion.ts";
export { exitCodeOf } from "./error-exit-code.ts";
export { EXIT } from "./exit-codes.ts";
export type { CliIo, CliStream } from "./io.ts";
export { drawQrCode } from "./login/qr.ts";
export { TUNNEL_NEEDED, tunnelCommand } from "./login/tunnel.ts";
export { isClosedPipe, type Output, openOutput } from "./output.ts";
export { configureHelp, helpFooter, parseArguments, type RequestedText } from "./parse-arguments.ts";
export { runProcess } from "./run-process.ts";
export { runProgram } from "./run-program.ts";
export { describePlan, signedInAs, usageUrlOf } from "./text/account-text.ts";
export { formatDuration } from "./text/duration.ts";
export { drawLimits } from "./text/rate-limit-bars.ts";
export { createStyle, type Style, styleFor } from "./text/style.ts";
export { escapeControls, escapeLine, wrap } from "./text/terminal-text.ts";
export { UsageError } from "./usage-error.ts";
