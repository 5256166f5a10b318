/** What the system prompt is made of. */
export interface PromptContext {
  readonly folder: string;
  readonly platform: string;
  /** `2026-01-31`. */
  readonly date: string;
  readonly hasTools: boolean;
  /** What the project says to agents: the text of its `AGENTS.md`. */
  readonly projectInstructions?: string;
}

/** What the model is told of where it is. It changes once a day at most, so that the provider's cache holds. */
export function systemPrompt(facts: PromptContext): string {
  const { folder, platform, date, hasTools, projectInstructions } = facts;
  const parts = [
    "You are axio, an assistant that a person talks to in a terminal.",
    "Answer in Markdown, to the point. The person sees tool calls and their results, so do not repeat them at length.",
    `Working folder: ${folder}. Platform: ${platform}. Date: ${date}.`,
  ];
  if (hasTools)
    parts.push(
      "Use the tools to find out instead of guessing, and to do what is asked. When the person denies a tool call, do not try the same again: do what they say in its place, or ask.",
    );
  if (projectInstructions !== undefined && projectInstructions.trim() !== "")
    parts.push(`The project says this to agents (AGENTS.md):\n\n${projectInstructions.trim()}`);
  return parts.join("\n\n");
}
