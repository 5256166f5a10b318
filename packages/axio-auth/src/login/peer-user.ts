import { readFile } from "node:fs/promises";

/** The ports of a connection between two programs of this machine. */
export interface LoopbackConnection {
  readonly remotePort?: number | undefined;
  readonly localPort?: number | undefined;
}

/**
 * Whether the program at the other end of a connection on this machine runs as the same user. Linux lists all connections with
 * their users.
 *
 * @returns `undefined` if unknown.
 */
export async function isOwnPeer(connection: LoopbackConnection): Promise<boolean | undefined> {
  if (process.platform !== "linux" || process.getuid === undefined) return undefined;
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  const user = userOf(tables.join("\n"), connection);
  return user === undefined ? undefined : user === process.getuid();
}

/** Finds the user of the peer's end in a table of connections, as Linux writes it. */
export function userOf(table: string, { remotePort, localPort }: LoopbackConnection): number | undefined {
  for (const line of table.split("\n")) {
    const [, local = "", remote = "", , , , , user] = line.trim().split(/\s+/);
    // The peer's local port is the remote port here.
    if (portOf(local) === remotePort && portOf(remote) === localPort && /^\d+$/.test(user ?? ""))
      return Number(user);
  }
  return undefined;
}

function portOf(address: string): number {
  return Number.parseInt(address.split(":").at(-1) ?? "", 16);
}
