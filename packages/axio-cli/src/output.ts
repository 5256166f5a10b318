import type { CliStream } from "./io.ts";
import { type Style, styleFor } from "./text/style.ts";

const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 20;

/** One output of a command. */
export interface Output {
  readonly isTerminal: boolean;
  /** Columns. Default: 80, if it is not a terminal. */
  readonly width: number;
  readonly style: Style;
  /** Resolves when the text is written. Rejects with `EPIPE` if the reader is gone. */
  write(text: string): Promise<void>;
  /** Writes a line. */
  line(text?: string): Promise<void>;
  /** Writes a value as one line of JSON. */
  json(value: unknown): Promise<void>;
}

/**
 * Opens an output on a stream.
 *
 * @param mayClose Whether to ignore that the reader is gone: progress is lost, and the command continues.
 */
export function openOutput(
  stream: CliStream,
  env: Readonly<Record<string, string | undefined>>,
  mayClose: boolean,
): Output {
  const isTerminal = stream.isTTY === true;
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (error && !(mayClose && isClosedPipe(error))) reject(error);
        else resolve();
      });
    });
  return {
    isTerminal,
    get width() {
      return Math.max(MIN_WIDTH, stream.columns ?? DEFAULT_WIDTH);
    },
    style: styleFor(isTerminal, env),
    write,
    line: (text = "") => write(`${text}\n`),
    json: (value) => write(`${JSON.stringify(value)}\n`),
  };
}

/** Whether an error means that the reader of a pipe is gone (`| head`). */
export function isClosedPipe(error: unknown): boolean {
  // Not with `errorCode` of axio: this module is loaded at start-up, and axio is not.
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}
