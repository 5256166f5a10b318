import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { isJsonObject, type JsonValue } from "axio";
import { toAxioError } from "axio/internal";
import type { SessionDatabase, SessionNote, SqliteContextStore } from "axio-context-sqlite";
import { type FileChange, type MergedChange, mergeChanges } from "./file-version.ts";
import { planRestore, type Restored, type RestorePlan, restoreFiles } from "./restore-files.ts";
import { type RunRecording, Snapshots } from "./run-recorder.ts";

/** The changes of one run. */
export interface RunChanges {
  readonly key: string;
  /** The index of its prompt in the history. */
  readonly index: number;
  /** Whether it is in progress, or its process ended before it was over. */
  readonly isOpen: boolean;
  /** Why its changes are not known. */
  readonly problem?: string | undefined;
  readonly changes: readonly FileChange[];
  /** The restore that undid it; absent if it is in effect. */
  readonly undoneBy?: string | undefined;
  /** With the last run of a restore: the files as it found them (`after`) and left them (`before`). */
  readonly restored?: readonly FileChange[] | undefined;
}

/** A restore that the user can confirm. */
export interface Restore {
  readonly session: SqliteContextStore;
  readonly direction: "undo" | "redo";
  readonly runs: readonly RunChanges[];
  readonly plan: RestorePlan;
}

const RUN_KEY = "run:";

/** Opens the snapshots of a folder, which are stored next to the sessions. */
export function openFileHistory({
  sessions,
  cwd,
}: {
  readonly sessions: Pick<SessionDatabase, "path">;
  readonly cwd: string;
}): FileHistory {
  return new FileHistory(new Snapshots({ storeDir: join(dirname(sessions.path), "snapshots"), cwd }));
}

/** The changes that the runs of sessions made to files, and how to undo them. */
export class FileHistory {
  readonly #snapshots: Snapshots;

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** Begins a run at the end of the history. */
  async begin(
    session: SqliteContextStore,
  ): Promise<{ readonly recording: RunRecording; readonly end: () => Promise<void> }> {
    const key = `${RUN_KEY}${randomUUID()}`;
    const recording = this.#snapshots.record(key.slice(RUN_KEY.length));
    await session.setNote(key, toNote({ isOpen: true, changes: [] }));
    return {
      recording,
      end: async () => {
        await session.setNote(key, toNote({ isOpen: false, ...(await changesOf(recording.end())) }));
        // What cannot be deleted now is deleted later.
        this.#snapshots.prune().catch(() => undefined);
      },
    };
  }

  /** The runs of a session, oldest first. */
  async runs(session: SqliteContextStore): Promise<readonly RunChanges[]> {
    return (await session.notes()).flatMap(fromNote);
  }

  /**
   * Finds the changes of runs whose process ended before they were over. If it still runs, it replaces them with its own.
   */
  async recover(session: SqliteContextStore): Promise<void> {
    for (const { key, isOpen } of await this.runs(session)) {
      if (!isOpen) continue;
      const found = await changesOf(this.#snapshots.recover(key.slice(RUN_KEY.length)));
      await session.setNote(key, toNote({ isOpen: false, ...found }));
    }
  }

  /** The changes that are in effect, of all runs. */
  async changes(session: SqliteContextStore): Promise<readonly MergedChange[]> {
    const runs = await this.runs(session);
    return mergeChanges(runs.filter(({ undoneBy }) => undoneBy === undefined).map(({ changes }) => changes));
  }

  /** Returns a content that was kept. */
  content(hash: string): Promise<Buffer | undefined> {
    return this.#snapshots.blobs.get(hash);
  }

  /** Plans to undo the last run that changed files. */
  async planUndo(session: SqliteContextStore): Promise<Restore | undefined> {
    const last = (await this.runs(session)).findLast(isInEffect);
    return last === undefined ? undefined : this.#plan(session, "undo", [last]);
  }

  /** Plans to undo all runs from a message of the history on. */
  async planRewind(session: SqliteContextStore, index: number): Promise<Restore> {
    const runs = await this.runs(session);
    return this.#plan(
      session,
      "undo",
      runs.filter((run) => run.index >= index && isInEffect(run)),
    );
  }

  /** Plans to make the last undone changes again. */
  async planRedo(session: SqliteContextStore): Promise<Restore | undefined> {
    const runs = await this.runs(session);
    const lastInEffect = runs.findLastIndex(isInEffect);
    const first = runs.slice(lastInEffect + 1).find(({ undoneBy }) => undoneBy !== undefined);
    if (first === undefined) return undefined;
    const undone = runs.filter(({ undoneBy }) => undoneBy === first.undoneBy);
    const changes = undone.flatMap(({ restored = [] }) => restored);
    return this.#plan(
      session,
      "redo",
      undone,
      changes.map(({ path, before, after }) => ({ path, before: after, after: before, hasGap: false })),
    );
  }

  /**
   * Restores files.
   *
   * @param withChanged Whether to restore files that someone else has changed, too. Their contents are kept for a redo.
   */
  async apply({ session, direction, runs, plan }: Restore, withChanged: boolean): Promise<Restored> {
    const { cwd, blobs } = this.#snapshots;
    const restored = await restoreFiles(cwd, [...plan.ready, ...(withChanged ? plan.changed : [])], blobs);
    const undoneBy = direction === "undo" ? randomUUID() : undefined;
    const found = restored.files.map(({ path, current, target }) => ({
      path,
      before: target,
      after: current,
    }));
    for (const run of runs) {
      const isLast = direction === "undo" && run === runs.at(-1);
      await session.setNote(run.key, toNote({ ...run, undoneBy, restored: isLast ? found : undefined }));
    }
    return restored;
  }

  async #plan(
    session: SqliteContextStore,
    direction: Restore["direction"],
    runs: readonly RunChanges[],
    changes: readonly MergedChange[] = mergeChanges(runs.map((run) => run.changes)),
  ): Promise<Restore> {
    const { cwd, blobs } = this.#snapshots;
    return { session, direction, runs, plan: await planRestore(cwd, changes, blobs) };
  }
}

function isInEffect({ undoneBy, changes }: RunChanges): boolean {
  return undoneBy === undefined && changes.length > 0;
}

async function changesOf(
  found: Promise<readonly FileChange[]>,
): Promise<Pick<RunChanges, "changes" | "problem">> {
  try {
    return { changes: await found };
  } catch (error) {
    return { changes: [], problem: toAxioError(error).message };
  }
}

function toNote(run: Omit<RunChanges, "key" | "index">): JsonValue {
  const { isOpen, problem, changes, undoneBy, restored } = run;
  return JSON.parse(JSON.stringify({ isOpen, problem, changes, undoneBy, restored }));
}

function fromNote({ key, index, value }: SessionNote): readonly RunChanges[] {
  if (!key.startsWith(RUN_KEY) || !isJsonObject(value)) return [];
  const { isOpen, problem, changes, undoneBy, restored } = value;
  return [
    {
      key,
      index,
      isOpen: isOpen === true,
      problem: typeof problem === "string" ? problem : undefined,
      changes: toChanges(changes) ?? [],
      undoneBy: typeof undoneBy === "string" ? undoneBy : undefined,
      restored: toChanges(restored),
    },
  ];
}

/** The changes of a note, as `toNote()` wrote them. */
function toChanges(value: JsonValue | undefined): readonly FileChange[] | undefined {
  return Array.isArray(value) ? (value as unknown as readonly FileChange[]) : undefined;
}
