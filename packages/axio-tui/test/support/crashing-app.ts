import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { defineTool, type TransportEvent } from "axio";
import { reasoningBlock, type ScriptedAnswer, stepEnd, textBlock, toolUseBlock } from "axio/testing";
import { openSessions } from "axio-context-sqlite";
import { randomNumbers } from "test-support/random-numbers";
import { runApp } from "../../src/cli/run-app.ts";
import { testOptions } from "./test-options.ts";

// Usage: PATH FOLDER SEED. Runs a session of the app until it is killed. Prints a line for each thing that must not be lost.
const [path = "", cwd = "", seed = ""] = process.argv.slice(2);
const PROMPTS = 4;
const random = randomNumbers(Number(seed));

function print(fact: string): void {
  writeSync(1, `${fact}\n`);
}

async function pause(): Promise<void> {
  await delay(random() * 12);
}

/** The first step of a run: reasoning, a text, and a call. */
function callAnswer(run: number): ScriptedAnswer {
  return async function* (): AsyncGenerator<TransportEvent> {
    yield* slowly(reasoningBlock("Hm.", 0));
    yield* slowly(textBlock(`first text of run ${run};`, 1));
    print(`first text of run ${run};`);
    yield* slowly(toolUseBlock(`call-${run}`, "work", { command: `command of run ${run};` }, 2));
    print(`command of run ${run};`);
    yield stepEnd("tool-use");
  };
}

/** The second step: the result is known, and a text follows. */
function lastAnswer(run: number): ScriptedAnswer {
  return async function* (): AsyncGenerator<TransportEvent> {
    print(`result of run ${run};`);
    yield* slowly(textBlock(`last text of run ${run};`, 0));
    print(`last text of run ${run};`);
    yield stepEnd();
  };
}

async function* slowly(events: Iterable<TransportEvent>): AsyncGenerator<TransportEvent> {
  for (const event of events) {
    await pause();
    yield event;
  }
}

const sessions = await openSessions({ path });
const saveDraft = sessions.saveDraft.bind(sessions);
sessions.saveDraft = async (draft, directory) => {
  await saveDraft(draft, directory);
  for (const text of [draft.text, ...draft.queued]) if (text !== "") print(text);
};
const runs = Array.from({ length: PROMPTS }, (_, at) => at + 1);
let run = 0;
const work = defineTool({
  name: "work",
  description: "",
  inputSchema: { type: "object" },
  execute: async () => {
    run += 1;
    await pause();
    return `result of run ${run};`;
  },
});
const options = testOptions(
  { cwd, answers: runs.flatMap((at) => [callAnswer(at), lastAnswer(at)]), tools: () => [work] },
  sessions,
);
const exit = runApp(options);
await options.screen.shows("Scripted One");
for (const at of runs) {
  for (const words of [`prompt ${at}`, " has some", ` words${at};`]) {
    await pause();
    options.keyboard.type(words);
  }
  options.keyboard.type("\r");
  // It has left the prompt line.
  setImmediate(() => print(`prompt ${at} has some words${at};`));
  // Some prompts are entered during a run, others after it.
  if (random() < 0.5) await options.screen.shows(`last text of run ${at};`);
}
options.keyboard.type("the draft at the end;");
await exit;
