import pg from "pg";

/**
 * Takes all connections that a PostgreSQL server has, including those that still close. Returns a function that releases
 * them.
 *
 * @param url A database of the server, as the superuser.
 */
export async function occupyConnections(url: string): Promise<() => Promise<void>> {
  const clients: pg.Client[] = [];
  let limit = Number.POSITIVE_INFINITY;
  while (clients.length < limit) {
    const client = new pg.Client(url);
    client.on("error", () => undefined);
    const isConnected = await client.connect().then(
      () => true,
      () => false,
    );
    if (!isConnected) continue;
    clients.push(client);
    if (clients.length > 1) continue;
    const { rows } = await client.query("SHOW max_connections");
    limit = Number(rows[0].max_connections);
  }
  return async () => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  };
}
