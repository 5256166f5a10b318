import type { CliOptions } from "axio-cli";
import { VERSION } from "../config.ts";
import { provider } from "../plugin/provider.ts";

/** The command `axio-codex`. */
export const COMMAND: CliOptions = {
  name: "axio-codex",
  version: VERSION,
  purpose: "Use a ChatGPT subscription from the command line",
  providerName: "codex",
  provider,
};
