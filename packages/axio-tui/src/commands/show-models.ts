import type { CommandContext } from "./command.ts";

/** Fetches the models of the provider in use, and shows which one is used then. */
export async function showModels({
  conversation,
  providers,
  signal,
}: Pick<CommandContext, "conversation" | "providers" | "signal">): Promise<void> {
  const { active } = conversation;
  if (active === undefined) return;
  // If that fails, the known models remain usable; a request shows what is wrong.
  const refreshed = await providers.refreshModels(active, signal).catch(() => undefined);
  conversation.change({ isModelPending: false });
  if (refreshed !== undefined && conversation.active === active) conversation.use(refreshed);
}
