import { changesPage } from "../panels/changes-page.ts";
import { makePicker } from "../panels/picker.ts";
import { showChange } from "../snapshots/change-diff.ts";
import type { Restore } from "../snapshots/file-history.ts";
import type { PlannedFile } from "../snapshots/restore-files.ts";
import type { Command, CommandContext } from "./command.ts";

export const diffCommand: Command = {
  name: "diff",
  description: "Show all changes of this conversation to files",
  isAlwaysReady: true,
  async run(context) {
    const { conversation } = context;
    const { session, files } = conversation;
    const changes = session === undefined ? [] : await files.changes(session);
    if (changes.length === 0) {
      conversation.notify(
        "info",
        "This conversation has not changed any files.",
        await unknownChanges(conversation),
      );
      return;
    }
    context.show(changesPage(await Promise.all(changes.map((change) => showChange(change, files)))));
  },
};

export const undoCommand: Command = {
  name: "undo",
  description: "Undo the changes of the last run to files",
  async run(context) {
    const { session, files } = context.conversation;
    const restore = session === undefined ? undefined : await files.planUndo(session);
    if (restore === undefined)
      context.conversation.notify(
        "info",
        "There are no changes to undo.",
        await unknownChanges(context.conversation),
      );
    else confirmRestore(context, restore, "The changes of the last run are undone");
  },
};

export const redoCommand: Command = {
  name: "redo",
  description: "Bring undone changes and a rewound conversation back",
  async run(context) {
    const { conversation } = context;
    const { files, rewoundFrom } = conversation;
    const session = rewoundFrom ?? conversation.session;
    const restore = session === undefined ? undefined : await files.planRedo(session);
    const done = async (): Promise<void> => {
      if (rewoundFrom !== undefined) await context.resume(rewoundFrom.id);
    };
    if (restore !== undefined) confirmRestore(context, restore, "The undone changes are back", done);
    else if (rewoundFrom !== undefined) await done();
    else conversation.notify("info", "There is nothing to bring back.");
  },
};

/** Restores files, and asks first if that would overwrite what someone else has changed. */
export function confirmRestore(
  context: CommandContext,
  restore: Restore,
  title: string,
  done: () => Promise<void> = async () => undefined,
): void {
  const { changed, ready } = restore.plan;
  const apply = (withChanged: boolean): void => {
    applyRestore(context, restore, withChanged, title, done).catch((error: unknown) =>
      context.conversation.showError(error),
    );
  };
  if (changed.length === 0) {
    apply(false);
    return;
  }
  context.show(
    makePicker({
      title: `${names(changed)} ${changed.length === 1 ? "was" : "were"} changed since, and not by this conversation`,
      empty: "",
      items: [
        {
          label: ready.length === 0 ? "Keep them as they are" : `Keep them, and restore ${names(ready)}`,
          choose: () => apply(false),
        },
        {
          label: "Overwrite them",
          detail: "/redo brings them back as they are now",
          choose: () => apply(true),
        },
        { label: "Cancel", choose: () => undefined },
      ],
    }),
  );
}

async function applyRestore(
  { conversation }: CommandContext,
  restore: Restore,
  withChanged: boolean,
  title: string,
  done: () => Promise<void>,
): Promise<void> {
  const { files, failures } = await conversation.files.apply(restore, withChanged);
  await done();
  const remedy = restore.direction === "undo" ? "/redo brings them back." : "/undo undoes them again.";
  if (files.length > 0) conversation.notify("info", `${title}: ${names(files)}.`, remedy);
  else conversation.notify("info", "No file was changed.");
  for (const failure of failures) conversation.notify("warning", `Not restored: ${failure}`);
  for (const path of restore.plan.missing)
    conversation.notify(
      "warning",
      `Not restored: ${path}. It is too large, so its earlier content was not kept.`,
    );
}

async function unknownChanges({
  session,
  files,
}: CommandContext["conversation"]): Promise<string | undefined> {
  const problem =
    session && (await files.runs(session)).findLast((run) => run.problem !== undefined)?.problem;
  return problem === undefined ? undefined : `The files could not be remembered: ${problem}`;
}

function names(files: readonly PlannedFile[]): string {
  const [first, second, third, ...rest] = files.map(({ path }) => path);
  const shown = [first, second, third].filter((path) => path !== undefined).join(", ");
  return rest.length === 0 ? shown : `${shown} and ${rest.length} more`;
}
