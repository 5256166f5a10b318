import { startSimulator } from "../../packages/axio-simulator/src/index.ts";
import { type Quartiles, quartilesOf } from "../src/statistics.ts";
import { ClientProcess } from "./child.ts";
import type { ClientId } from "./client-process.ts";
import { targetOf } from "./conversations.ts";

/** How long one client takes to the first piece of text, over a connection that is open. */
export interface FirstText {
  readonly client: ClientId;
  readonly milliseconds: Quartiles;
  /** The same as a multiple of what the floor took in the same round. */
  readonly ratio: Quartiles;
}

/** Who is asked in each round. The floor is the first. */
export const ASKED: readonly ClientId[] = ["floor", "axio-sse", "axio-websocket", "openai"];

/** Rounds that are thrown away: the connections are opened in them, and the code is compiled. */
const WARM_UP_ROUNDS = 40;

const TIMEOUT_MS = 30_000;

/** Asks all clients in turns, each in its own process, one question at a time. */
export async function measureFirstText(
  rounds: number,
  historyCharacters: number,
): Promise<readonly FirstText[]> {
  await using simulator = await startSimulator();
  const target = targetOf(simulator);
  const task = { kind: "chat", historyCharacters } as const;
  const clients = ASKED.map((client) => ({
    client,
    child: new ClientProcess({ client, target, task }),
    times: [] as number[],
  }));
  try {
    for (const { child } of clients) await child.next(TIMEOUT_MS);
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
      // Whoever comes first finds the server as the one before left it: everybody is the first in turn.
      for (let place = 0; place < clients.length; place += 1) {
        const asked = clients[(round + place) % clients.length];
        if (asked === undefined) continue;
        asked.child.ask();
        const word = await asked.child.next(TIMEOUT_MS);
        if (word.kind === "time" && round >= WARM_UP_ROUNDS) asked.times.push(word.milliseconds);
      }
    }
  } finally {
    for (const { child } of clients) child.stop();
  }
  const floor = clients[0]?.times ?? [];
  return clients.map(({ client, times }) => ({
    client,
    milliseconds: quartilesOf(times),
    ratio: quartilesOf(times.map((time, round) => time / (floor[round] ?? Number.NaN))),
  }));
}
