import { arch, platform, release } from "node:os";

/** Returns the `User-Agent` of a product: `axio/0.1.0 (linux 6.1.0; x64) node/20.20.2`. */
export function userAgent(product: string): string {
  return `${product} (${platform()} ${release()}; ${arch()}) node/${process.versions.node}`;
}
