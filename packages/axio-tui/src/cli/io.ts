/** What a run of the command works on. */
export interface CliIo {
  readonly stdin: NodeJS.ReadStream & { readonly fd?: number };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that it was started in. */
  readonly cwd: string;
  /** Fires when the person wants it to end. */
  readonly signal: AbortSignal;
  /** The folder that the app is installed in. */
  readonly appFolder: string;
  readonly version: string;
  /** More packages and folders with plugins, before those that the settings list. */
  readonly plugins?: readonly string[];
  /** The conditions under which entries of packages are looked up, besides Node's own. */
  readonly conditions: readonly string[];
}

/** Writes text, and waits until it is on its way. A reader that is gone is no failure. */
export function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}
