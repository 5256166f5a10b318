import type { CliOptions } from "axio-cli";
import { VERSION } from "../config.ts";
import { provider } from "../plugin/provider.ts";

/** The command `axio-openai`. */
export const COMMAND: CliOptions = {
  name: "axio-openai",
  version: VERSION,
  purpose: "Use OpenAI's API, or a server that speaks like it, from the command line",
  providerName: "openai",
  provider,
};
