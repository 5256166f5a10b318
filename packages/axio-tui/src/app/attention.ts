import { basename } from "node:path";
import type { ConversationState } from "../conversation/state.ts";
import type { Store } from "../conversation/store.ts";
import type { View } from "../panels/view.ts";
import type { AppSettings } from "../settings/app-settings.ts";
import {
  notificationSequence,
  RESTORE_TITLE,
  SAVE_TITLE,
  type TerminalFeatures,
  titleSequence,
} from "../terminal/terminal-features.ts";

/** The user waits for a longer run elsewhere, in milliseconds. */
const LONG_RUN_MS = 10_000;

/** Options of {@link followAttention}. */
export interface AttentionOptions {
  readonly view: Store<View>;
  readonly conversation: Store<ConversationState>;
  readonly features: TerminalFeatures;
  readonly setting: AppSettings["notifications"];
  readonly cwd: string;
  readonly write: (text: string) => void;
  /** Returns the time in Unix milliseconds. Default: that of the system. */
  readonly now?: (() => number) | undefined;
}

type Activity = "idle" | "running" | "waiting";

/**
 * Shows in the terminal's title what the app does, and calls the user when it waits for an answer or has finished a long run.
 * Returns a function that ends it.
 */
export function followAttention(options: AttentionOptions): () => void {
  const { view, conversation, features, setting, cwd, write, now = Date.now } = options;
  const how = setting === "off" ? "none" : setting === "bell" ? "bell" : features.notification;
  const name = `axio: ${basename(cwd)}`;
  const titles = { idle: name, running: `… ${name}`, waiting: `? ${name}` };
  let shown: Activity | undefined;
  let startedAt = now();
  const follow = (): void => {
    const activity: Activity =
      view.state.permission !== undefined
        ? "waiting"
        : conversation.state.phase === "idle"
          ? "idle"
          : "running";
    if (activity === shown) return;
    if (activity === "waiting") write(notificationSequence(how, `${name} needs your answer`));
    if (activity === "idle" && shown === "running" && now() - startedAt >= LONG_RUN_MS)
      write(notificationSequence(how, `${name} is done`));
    if (activity === "running" && shown !== "waiting") startedAt = now();
    if (features.title) write(titleSequence(titles[activity]));
    shown = activity;
  };
  if (features.title) write(SAVE_TITLE);
  follow();
  const subscriptions = [view.subscribe(follow), conversation.subscribe(follow)];
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe();
    if (features.title) write(RESTORE_TITLE);
  };
}
