import type { CliOptions } from "axio-cli";
import { VERSION } from "../config.ts";
import { provider } from "../plugin/provider.ts";

/** The command `axio-chatgpt`. */
export const COMMAND: CliOptions = {
  name: "axio-chatgpt",
  version: VERSION,
  purpose: "Use a ChatGPT plan from the command line, with the documented sign-in",
  providerName: "chatgpt",
  provider,
};
