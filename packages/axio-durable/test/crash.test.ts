import { join } from "node:path";
import { FULL_RUN, needs, POSIX } from "test-support/requirements";
import { describe, test } from "vitest";
import {
  LATER_POINTS,
  openStore,
  POINTS,
  runToEnd,
  temporaryDirectory,
  verify,
} from "./support/crash-runs.ts";

/** The points of a run without long forms. */
const SHORT_POINTS: readonly string[] = [
  "after claim",
  "in response",
  "after claimToolCall",
  "after effect",
  "before save",
];

const newPlace = (): string => join(temporaryDirectory(), "runs.db");

async function loseWorker(point: string, count: number): Promise<void> {
  const place = newPlace();
  const disturbed = await runToEnd({ place, leaseMs: 600, point, count });
  await verify(await openStore(place), disturbed, await runToEnd({ place: newPlace(), leaseMs: 600 }));
}

describe("A run whose worker is killed ends like one that was not disturbed", needs(POSIX), () => {
  test.each(SHORT_POINTS)("%s", (point) => loseWorker(point, 1));
  const others = POINTS.filter((point) => !SHORT_POINTS.includes(point));
  test.each(others)("%s", needs(FULL_RUN), (point) => loseWorker(point, 1));
  test.each(LATER_POINTS)("%s, time %i", needs(FULL_RUN), loseWorker);
});
