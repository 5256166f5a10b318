/** Prints the CPU time of a 1 MB answer as text, as an object, and as an object whose growth is shown. */
import { Agent, type TransportEvent } from "axio";
import { ScriptedTransport, stepEnd } from "axio/testing";

const RUNS = 5;
const DELTA_CHARACTERS = 20;
const SCHEMA = {
  type: "object",
  properties: { rows: { type: "array", items: { type: "object" } } },
  required: ["rows"],
};

const text = JSON.stringify({
  rows: Array.from({ length: 9_000 }, (_, id) => ({ id, name: `Row ${id}`, note: "A line.\n".repeat(8) })),
});
const events: TransportEvent[] = [];
for (let at = 0; at < text.length; at += DELTA_CHARACTERS)
  events.push({ type: "text-delta", index: 0, delta: text.slice(at, at + DELTA_CHARACTERS) });
events.push({ type: "block-end", index: 0, block: { type: "text", text } }, stepEnd());

const agent = (): Agent => new Agent({ transport: new ScriptedTransport([events]) });
const variants: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
  ["text", () => agent().run("Go")],
  ["object", () => agent().runObject("Go", { output: SCHEMA })],
  [
    "partial objects",
    async () => {
      for await (const _event of agent().runStream("Go", { output: SCHEMA }));
    },
  ],
];

console.log(`An answer of ${text.length} characters in ${events.length} events:`);
let baseline: number | undefined;
for (const [name, run] of variants) {
  const times: number[] = [];
  for (let count = 0; count < RUNS; count += 1) {
    const start = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1_000);
  }
  const median = times.sort((left, right) => left - right)[Math.floor(RUNS / 2)] ?? 0;
  baseline ??= median;
  console.log(`${name}: ${median.toFixed(0)} ms of CPU, ${(median / baseline).toFixed(2)} times text`);
}
