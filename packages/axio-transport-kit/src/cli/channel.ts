import type { CliOutput } from "./io.ts";
import { type Style, styleFor } from "./style.ts";

const USUAL_WIDTH = 80;
const SMALLEST_WIDTH = 20;

/** One output of a command: where it leads, and how to write to it. */
export interface Channel {
  readonly isTerminal: boolean;
  /** Columns. 80 where it is no terminal. */
  readonly width: number;
  readonly style: Style;
  /** Resolves when the text is on its way. Rejects with `EPIPE` where nobody reads any more. */
  write(text: string): Promise<void>;
  /** Writes a line. */
  line(text?: string): Promise<void>;
  /** Writes a value as one line of JSON. */
  json(value: unknown): Promise<void>;
}

/**
 * Makes a channel of a stream.
 *
 * @param mayClose Whether it is no matter that nobody reads it: progress is lost then, and the work goes on.
 */
export function openChannel(
  stream: CliOutput,
  env: Readonly<Record<string, string | undefined>>,
  mayClose: boolean,
): Channel {
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
      return Math.max(SMALLEST_WIDTH, stream.columns ?? USUAL_WIDTH);
    },
    style: styleFor(isTerminal, env),
    write,
    line: (text = "") => write(`${text}\n`),
    json: (value) => write(`${JSON.stringify(value)}\n`),
  };
}

/** Tells whether an error means that the reader of a pipe has gone (`| head`). */
export function isClosedPipe(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}
