import { builtinModule } from "axio/internal";

/**
 * Returns the `User-Agent` of a product: `axio/0.1.0 (linux 6.1.0; x64) node/20.20.2`. Empty in browsers and edge runtimes,
 * where the runtime names itself, and another name would need the permission of the server.
 */
export function userAgent(product: string): string {
  const os = builtinModule<typeof import("node:os")>("node:os");
  if (os === undefined) return "";
  return `${product} (${os.platform()} ${os.release()}; ${os.arch()}) node/${process.versions.node}`;
}
