import type { CliOptions } from "axio-cli";
import { VERSION } from "../config.ts";
import { provider } from "../plugin/provider.ts";

/** The command `axio-anthropic`. */
export const COMMAND: CliOptions = {
  name: "axio-anthropic",
  version: VERSION,
  purpose: "Use Claude from the command line",
  providerName: "anthropic",
  provider,
};
