import { assistantMessage, type Message, userMessage } from "axio";
import { ScriptedTransport } from "axio/testing";
import { type Quartiles, quartilesOf } from "../src/statistics.ts";
import { type RunningApp, startApp } from "./start-app.ts";

/** The times of a long transcript, in milliseconds. */
export interface LongTranscriptResult {
  readonly messages: number;
  /** From the start of the app to a new conversation, and to the end of the long one. */
  readonly newMs: number;
  readonly openMs: number;
  /** From a key to the frame that shows its effect. */
  readonly pageUpMs: Quartiles & { readonly max: number };
  readonly homeMs: number;
  readonly endMs: number;
}

const PAGES = 100;

/** Opens a long conversation and scrolls in it. */
export async function measureLongTranscript(count: number): Promise<LongTranscriptResult> {
  const empty = await startApp({ transport: new ScriptedTransport([]) });
  const newMs = await shown(empty, "Bench");
  await empty.leave();
  const app = await startApp({ transport: new ScriptedTransport([]), messages: conversation(count) });
  const { terminal } = app;
  const openMs = await shown(app, `answer ${count - 1} `);
  const times: number[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    const before = terminal.rows().slice(0, 5).join("\n");
    terminal.type("\x1b[5~");
    times.push(await terminal.until("The page before", (rows) => rows.slice(0, 5).join("\n") !== before));
  }
  terminal.type("\x1b[1;5H");
  const homeMs = await terminal.until("The beginning", (rows) =>
    rows.some((row) => row.includes("question 0 ")),
  );
  terminal.type("\x1b[1;5F");
  const endMs = await terminal.until("The end", (rows) =>
    rows.some((row) => row.includes(`answer ${count - 1} `)),
  );
  await app.leave();
  return {
    messages: count,
    newMs,
    openMs,
    pageUpMs: { ...quartilesOf(times), max: Math.max(...times) },
    homeMs,
    endMs,
  };
}

async function shown({ terminal, startedAt }: RunningApp, text: string): Promise<number> {
  await terminal.until(text, (rows) => rows.some((row) => row.includes(text)));
  return performance.now() - startedAt;
}

function conversation(count: number): readonly Message[] {
  return Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? userMessage(`This is question ${index} of a long conversation. What does the part do, and why?`)
      : assistantMessage(
          `It does **what it says**:\n\n- one thing\n- another, see \`src/part-${index}.ts\`\n\n\`\`\`ts\nexport const part${index} = read("part", ${index});\n\`\`\`\n\nThat is answer ${index} to it, with a sentence behind it that goes on for a while, so that it has to be wrapped at the end of the row.`,
        ),
  );
}
