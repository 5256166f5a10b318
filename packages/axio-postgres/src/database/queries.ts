/** A row by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs SQL as a tagged template, in which values become parameters. Returns the rows. */
export interface Queries {
  (strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a text with parameters `$1`, `$2`, …; without parameters, it may have several statements. */
  text(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** Runs one query, like `pg.Pool` and `pg.Client`. */
export interface QueryTarget {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
}

/** A connection that a pool has lent. */
export interface PooledClient extends QueryTarget {
  /** Gives it back. With an error, the pool closes it. */
  release(error?: Error | boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

/** A pool of connections, such as `Pool` of the package `pg`. */
export interface ConnectionPool {
  connect(): Promise<PooledClient>;
}

/** Creates the function that runs SQL on a connection. */
export function queriesOf(target: QueryTarget): Queries {
  const text = async (sql: string, values?: readonly unknown[]): Promise<readonly Row[]> => {
    const result = await target.query(sql, values && [...values]);
    // Several statements have several results.
    return Array.isArray(result) ? [] : (result.rows as readonly Row[]);
  };
  const tag = (strings: TemplateStringsArray, ...values: readonly unknown[]): Promise<readonly Row[]> =>
    text(
      strings.reduce((sql, part, index) => `${sql}$${index}${part}`),
      values,
    );
  return Object.assign(tag, { text });
}
