import { existsSync } from "node:fs";
import { resolve } from "node:path";

const CHECKOUT = resolve(import.meta.dirname, "../../..");

/** The folder of recorded data, or `undefined` where this machine has none. */
export const FIXTURES: string | undefined = [
  process.env["AXIO_FIXTURES"],
  resolve(CHECKOUT, "../shared/fixtures"),
].find((folder) => folder !== undefined && existsSync(folder));
