import type { AvailableCommand } from "@agentclientprotocol/sdk";
import type { Block } from "axio";
import { type CustomCommand, expandCommand, INIT_PROMPT, parseCommand } from "axio-tui/internal";

/** A prompt after its slash command was read. */
export type ReadPrompt =
  | { readonly type: "prompt"; readonly blocks: readonly Block[] }
  | { readonly type: "compact" };

/** Commands that the agent has in every folder. */
const OWN: readonly AvailableCommand[] = [
  { name: "compact", description: "Replace earlier messages with a summary" },
  {
    name: "init",
    description: "Write an AGENTS.md for this folder",
    input: { hint: "what it should mention" },
  },
];

/** The slash commands that an editor offers. */
export function availableCommands(custom: readonly CustomCommand[]): AvailableCommand[] {
  const known = new Set(OWN.map(({ name }) => name));
  const own = custom
    .filter(({ name }, index) => custom.findIndex((other) => other.name === name) === index)
    .filter(({ name }) => !known.has(name))
    .map(({ name, description, argument }) => ({
      name,
      description,
      ...(argument !== undefined && { input: { hint: argument } }),
    }));
  return [...OWN, ...own];
}

/** Replaces a slash command at the beginning of a prompt with its text. */
export function readPrompt(blocks: readonly Block[], custom: readonly CustomCommand[]): ReadPrompt {
  const [first, ...rest] = blocks;
  const typed = first?.type === "text" ? parseCommand(first.text) : undefined;
  if (typed === undefined) return { type: "prompt", blocks };
  const { name, argument } = typed;
  if (name === "compact") return { type: "compact" };
  const text = name === "init" ? `${INIT_PROMPT}\n\n${argument}`.trim() : customText(name, argument, custom);
  if (text === undefined) return { type: "prompt", blocks };
  return { type: "prompt", blocks: [{ type: "text", text }, ...rest] };
}

function customText(name: string, argument: string, custom: readonly CustomCommand[]): string | undefined {
  const command = custom.find((candidate) => candidate.name === name);
  return command === undefined ? undefined : expandCommand(command, argument);
}
