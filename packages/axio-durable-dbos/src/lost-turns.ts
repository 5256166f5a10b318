import type { RunStore } from "axio/runs";
import type { TakenTurn, TurnQueue } from "./turn-queue.ts";

/** This process. */
interface Self {
  readonly id: string;
  readonly has: (runId: string) => boolean;
}

/**
 * Finds the turns of processes that have ended without a word, which DBOS does not by itself. A process that lives prolongs the
 * lease of each of its runs, so one whose leases have all stayed as they were between two looks is lost. No clocks are compared.
 */
export class LostTurns {
  readonly #queue: TurnQueue;
  readonly #runs: RunStore;
  readonly #self: Self;
  /** The leases of the last look, by turn. */
  #leases: ReadonlyMap<string, string> = new Map();
  #isLooking = false;

  constructor(queue: TurnQueue, runs: RunStore, self: Self) {
    this.#queue = queue;
    this.#runs = runs;
    this.#self = self;
  }

  /** Gives lost turns to the next free process. Call it at intervals in which a living process prolongs its leases. */
  async requeue(): Promise<void> {
    // DBOS repeats queries until the database is back.
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#queue.requeue(await this.#look());
    } finally {
      this.#isLooking = false;
    }
  }

  async #look(): Promise<readonly string[]> {
    const leases = new Map<string, string>();
    const lost: string[] = [];
    for (const turns of byExecutor(await this.#queue.taken())) {
      lost.push(...(await this.#lostOf(turns, leases)));
    }
    this.#leases = leases;
    return lost;
  }

  /** The turns of one process, if it is lost. Those of this process that it does not work on are lost as well. */
  async #lostOf(turns: readonly TakenTurn[], leases: Map<string, string>): Promise<readonly string[]> {
    const lost: string[] = [];
    for (const { id, runId, executorId } of turns) {
      if (executorId === this.#self.id && this.#self.has(runId)) continue;
      const run = await this.#runs.get(runId);
      const lease = `${run?.status} ${run?.epoch} ${run?.leaseUntil}`;
      const before = this.#leases.get(id);
      leases.set(id, lease);
      // One sign of life is enough, so that a look reads few runs of processes that live.
      if (before !== undefined && before !== lease && executorId !== this.#self.id) return [];
      if (before === lease) lost.push(id);
    }
    return lost;
  }
}

function byExecutor(turns: readonly TakenTurn[]): Iterable<readonly TakenTurn[]> {
  const groups = new Map<string, TakenTurn[]>();
  for (const turn of turns) {
    const group = groups.get(turn.executorId);
    if (group === undefined) groups.set(turn.executorId, [turn]);
    else group.push(turn);
  }
  return groups.values();
}
