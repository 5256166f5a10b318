import { type CliIo, EXIT } from "axio-cli/internal";

/** Packages that run the agent for other programs, by their command. They are installed separately, for their dependencies. */
const FACES: { readonly [command: string]: { readonly packageName: string; readonly run: string } } = {
  acp: { packageName: "axio-acp", run: "runAcp" },
  mcp: { packageName: "axio-mcp-server", run: "runMcpServer" },
};

/** Runs the agent for another program, over standard input and output. Returns the exit code. */
export type RunFace<Io> = (argv: readonly string[], io: Io) => Promise<number>;

/**
 * Returns the function that `axio acp` or `axio mcp` runs. Returns `undefined` for any other command; with further words it is
 * a prompt. Without its package, the function says how to install it.
 */
export async function findFace<Io extends Pick<CliIo, "stderr">>(
  argv: readonly string[],
): Promise<RunFace<Io> | undefined> {
  const [command = "", ...rest] = argv;
  const face = Object.hasOwn(FACES, command) ? FACES[command] : undefined;
  if (face === undefined || rest[0]?.startsWith("-") === false) return undefined;
  const { packageName, run } = face;
  try {
    const found: Readonly<Record<string, unknown>> = await import(packageName);
    return found[run] as RunFace<Io>;
  } catch (cause) {
    if (!isMissing(cause, packageName)) throw cause;
    return async (_argv, { stderr }) => {
      stderr.write(
        `axio ${command} needs the package ${packageName}. Install it: npm install --global ${packageName}\n`,
      );
      return EXIT.usage;
    };
  }
}

/** Whether a package is not installed. Another one that it needs may be missing as well, which is another problem. */
function isMissing(cause: unknown, packageName: string): boolean {
  return (
    cause instanceof Error &&
    "code" in cause &&
    cause.code === "ERR_MODULE_NOT_FOUND" &&
    cause.message.includes(`'${packageName}'`)
  );
}
