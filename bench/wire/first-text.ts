import { startSimulator } from "../../packages/axio-simulator/src/index.ts";
import { type Quartiles, quartilesOf } from "../src/statistics.ts";
import { startClient } from "./child.ts";
import type { ClientId } from "./client-process.ts";
import { targetOf } from "./conversations.ts";

/** The time to the first text of one client over an open connection. */
export interface FirstText {
  readonly client: ClientId;
  readonly milliseconds: Quartiles;
  /** A multiple of the floor's time in the same round. */
  readonly ratio: Quartiles;
}

/** The clients of each round, the floor first. */
export const ASKED: readonly ClientId[] = ["floor", "axio-sse", "axio-websocket", "openai"];

/** Warm-up rounds, which open the connections and compile the code. */
const WARM_UP_ROUNDS = 40;

const TIMEOUT_MS = 30_000;

/** Measures all clients alternately, each in its own process, one prompt at a time. */
export async function measureFirstText(
  rounds: number,
  historyCharacters: number,
): Promise<readonly FirstText[]> {
  await using simulator = await startSimulator();
  const target = targetOf(simulator);
  const task = { kind: "chat", historyCharacters } as const;
  const clients = ASKED.map((client) => ({
    client,
    child: startClient({ client, target, task }),
    times: [] as number[],
  }));
  try {
    for (const { child } of clients) await child.next(TIMEOUT_MS);
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round += 1) {
      // Rotate the order, so that no client always runs first.
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
