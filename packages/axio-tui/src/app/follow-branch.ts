import type { ConversationState } from "../conversation/state.ts";
import type { Store } from "../conversation/store.ts";
import { gitBranch } from "../status/git-branch.ts";

/** Shows the branch of a folder's repository, now and after each run. Returns a function that ends it. */
export function followBranch(conversation: Store<ConversationState>, cwd: string): () => void {
  const show = async (): Promise<void> => {
    const branch = await gitBranch(cwd);
    if (branch !== conversation.state.branch) conversation.change({ branch });
  };
  let { phase } = conversation.state;
  const refresh = (): void => {
    // It is only shown.
    show().catch(() => undefined);
  };
  refresh();
  return conversation.subscribe(() => {
    const hasEnded = phase !== "idle" && conversation.state.phase === "idle";
    phase = conversation.state.phase;
    if (hasEnded) refresh();
  });
}
