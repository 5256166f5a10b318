import { errorText } from "axio/internal";
import { migrate } from "../database/migrate.ts";
import { VERSION } from "../version.ts";

const HELP = `Usage: axio-postgres migrate [URL]

Creates or updates the tables of axio in a PostgreSQL database. Run it before workers of a new version start. Its user needs the
right to create schemas; the workers' users do not.

  URL  postgres://user:password@host:5432/database. Default: the variable AXIO_DATABASE_URL, which other users of the
       machine cannot see in the list of processes.
`;

/** The environment of a command, and where its output goes. */
export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/**
 * Runs `axio-postgres`.
 *
 * @returns The exit code: 0, 1 if the migration failed, 2 for a mistake in the command line.
 */
export async function runCommand(
  argv: readonly string[],
  { env, write, writeError }: CommandIo,
): Promise<number> {
  const [command, url = env["AXIO_DATABASE_URL"], ...rest] = argv;
  if (command === undefined || argv.includes("--help") || argv.includes("-h")) {
    write(HELP);
    return command === undefined ? 2 : 0;
  }
  if (command === "--version" || command === "-V") {
    write(`${VERSION}\n`);
    return 0;
  }
  if (command !== "migrate" || rest.length > 0 || url === undefined) {
    writeError(
      command === "migrate" && url === undefined
        ? "There is no URL of a database. Pass one, or set AXIO_DATABASE_URL.\n"
        : `Unknown arguments. ${HELP}`,
    );
    return 2;
  }
  try {
    const { from, to, hasSearchIndex } = await migrate(url);
    write(
      from === to
        ? `The tables are up to date (version ${to}).\n`
        : `Migrated from version ${from} to ${to}.\n`,
    );
    if (!hasSearchIndex)
      writeError(
        "Searches have no index, because the extension pg_trgm is missing. Run this once as the owner of the database.\n",
      );
    return 0;
  } catch (error) {
    writeError(`${errorText(error)}\n`);
    return 1;
  }
}
