import type { Command } from "./command.ts";

/** The prompt of `/init`. */
export const INIT_PROMPT =
  "Look at this folder, and write an AGENTS.md for agents that work in it: what the project is, how to build, test and check it, where things are, and the conventions that its code and its history show. Keep it short: only what cannot be seen at once. If there is an AGENTS.md, improve it.";

export const initCommand: Command = {
  name: "init",
  description: "Let the model write an AGENTS.md for this folder",
  run: (context, argument) => {
    const text = argument === "" ? INIT_PROMPT : `${INIT_PROMPT}\n\n${argument}`;
    return context.sendPrompt(text, argument);
  },
};
