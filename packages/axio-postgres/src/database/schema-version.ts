import { AxioError } from "axio";
import type { Queries } from "./queries.ts";

/**
 * Reads the version of the schema; `undefined` if it does not exist.
 *
 * @param code The version of the code.
 * @throws AxioError `store-unavailable` if this code must not use the schema: it is of another program, or a newer version
 *   that excludes this code.
 */
export async function readVersion(sql: Queries, place: string, code: number): Promise<number | undefined> {
  const [schema] = await sql`
    SELECT obj_description(oid, 'pg_namespace') AS owner, to_regclass('axio.meta') IS NOT NULL AS known
    FROM pg_namespace WHERE nspname = 'axio'`;
  if (schema === undefined) return undefined;
  if (schema["owner"] !== "axio-postgres" || schema["known"] !== true)
    throw new AxioError(
      "store-unavailable",
      `The schema "axio" of ${place} belongs to another program. Use another database; this one was not changed.`,
    );
  const [meta] = await sql`SELECT version, min_code AS needed FROM axio.meta`;
  const version = Number(meta?.["version"] ?? 0);
  if (version > code && Number(meta?.["needed"]) > code)
    throw new AxioError(
      "store-unavailable",
      `The tables of axio in ${place} are of a newer version (${version}; this one supports ${code}). Update axio-postgres; nothing was changed.`,
    );
  return version;
}
