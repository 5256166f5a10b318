import type { CommandContext } from "../commands/command.ts";
import { lastSession } from "../conversation/last-session.ts";

/** Continues the session that the command line names. Shows an error if that fails. */
export async function openStartSession(
  app: Pick<CommandContext, "options" | "conversation" | "resume">,
): Promise<void> {
  const { sessions, cwd, start } = app.options;
  if (start.session === undefined) return;
  try {
    const id = start.session.type === "id" ? start.session.id : await lastSession(sessions, cwd);
    if (id !== undefined) await app.resume(id);
    else
      app.conversation.notify(
        "info",
        "There is no stored conversation in this folder yet. This is a new one.",
        "/sessions lists those of other folders.",
      );
  } catch (error) {
    app.conversation.showError(error);
  }
}
