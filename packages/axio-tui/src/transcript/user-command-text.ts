/** The result of a command that the user ran. */
export interface UserCommandResult {
  /** The output, without its middle if it is long. */
  readonly output: string;
  /** How it ended: `"exit code 0"`. */
  readonly end: string;
  readonly hasFailed: boolean;
}

/** A command of the user and its output, as the model receives it. */
export function commandText(command: string, { output, end }: UserCommandResult): string {
  return `<command line=${JSON.stringify(command)} end=${JSON.stringify(end)}>\n${output.trimEnd()}\n</command>`;
}

const COMMAND_TEXT = /^<command line=("(?:[^"\\]|\\.)*") end=("(?:[^"\\]|\\.)*")>\n([\s\S]*)\n<\/command>$/;

/** Returns the command of a text that `commandText()` made. */
export function parseCommandText(
  text: string,
): { readonly command: string; readonly end: string; readonly output: string } | undefined {
  const [, command, end, output] = COMMAND_TEXT.exec(text) ?? [];
  if (command === undefined || end === undefined || output === undefined) return undefined;
  return { command: JSON.parse(command), end: JSON.parse(end), output };
}
