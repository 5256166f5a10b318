import type { PermissionMode } from "../permissions/mode.ts";
import type { TrustedFolder } from "../trust/trusted-folder.ts";

/** How much of the project's instructions is used, in characters. */
const LONGEST_INSTRUCTIONS = 50_000;

/** Returns the instructions to agents that the user trusts, for {@link PromptContext}. */
export function folderInstructions({ instructions }: Pick<TrustedFolder, "instructions">): string {
  return instructions
    .map(({ text }) => text)
    .join("\n\n")
    .slice(0, LONGEST_INSTRUCTIONS);
}

/** The variable parts of the system prompt. */
export interface PromptContext {
  readonly directory: string;
  readonly hasTools: boolean;
  /** The project's instructions to agents. */
  readonly instructions?: string | undefined;
  /** Default: `"ask"`. */
  readonly mode?: PermissionMode | undefined;
  /** Whether no user can answer. Default: `false`. */
  readonly isUnattended?: boolean | undefined;
}

/** Returns the system prompt. It changes at most once a day, so that the provider's cache stays valid. */
export function systemPrompt({
  directory,
  hasTools,
  instructions = "",
  mode,
  isUnattended = false,
}: PromptContext): string {
  const date = new Date().toISOString().slice(0, 10);
  const parts = [
    "You are axio, an assistant in the user's terminal.",
    "Answer in Markdown, to the point. The user sees tool calls and their results, so do not repeat them at length.",
    `Working directory: ${directory}. Platform: ${process.platform}. Date: ${date}.`,
  ];
  if (hasTools)
    parts.push(
      "Use the tools to find out instead of guessing, and to do what the user asks. If the user denies a tool call, do not try the same call again: follow the reason that the user gives, or ask.",
    );
  if (isUnattended)
    parts.push(
      "You run in a script: no user can answer questions or allow anything. Do not ask; decide, and say what you assumed. Your last message is the result of the script.",
    );
  if (mode === "plan")
    parts.push(
      "The user has chosen plan mode: read and search, but change nothing and run nothing. Tools that would are denied. Answer with a plan; the user leaves plan mode before you carry it out.",
    );
  if (instructions.trim() !== "")
    parts.push(`The project gives these instructions to agents (AGENTS.md):\n\n${instructions.trim()}`);
  return parts.join("\n\n");
}
