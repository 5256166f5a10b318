import { arch, platform, release } from "node:os";
import { VERSION } from "./config.ts";

/** Who we are, on what. */
export function userAgent(): string {
  return `axio-transport-chatgpt/${VERSION} (${platform()} ${release()}; ${arch()}) node/${process.versions.node}`;
}
