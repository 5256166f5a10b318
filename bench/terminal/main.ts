// The terminal app under load: 2,000 pieces of text a second for 30 seconds with somebody typing, and a conversation of 10,000
// messages that is opened and scrolled. Run: npm run bench:terminal

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { assistantMessage, type Message, type TransportEvent, userMessage } from "axio";
import { openSessions } from "axio-context-sqlite";
import { runApp } from "../../packages/axio-tui/src/app/run-app.ts";
import { testOptions } from "../../packages/axio-tui/test/support/test-options.ts";
import { KEYS } from "../../packages/axio-tui/test/support/virtual-screen.ts";

const SECONDS = Number(process.env["SECONDS"] ?? 30);
const DELTAS_A_SECOND = 2_000;
const KEYS_A_SECOND = 20;
const MESSAGES = 10_000;

const folder = await mkdtemp(join(tmpdir(), "axio-bench-"));
const sessions = await openSessions({ path: join(folder, "sessions.db") });
const problems: string[] = [];
/** How many pieces of text were given out. */
let sent = 0;
try {
  await flood();
  await longConversation();
} finally {
  await sessions.close();
  await rm(folder, { recursive: true });
}
for (const problem of problems) console.error(`NOT AS IT SHOULD BE: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function flood(): Promise<void> {
  const app = testOptions({ answers: [manyDeltas], columns: 120, rows: 40 }, sessions);
  const { screen, keyboard } = app;
  let frames = 0;
  let bytes = 0;
  const write = screen.write.bind(screen);
  screen.write = (text, done) => {
    if (text.includes("\x1b[?2026h")) frames += 1;
    bytes += text.length;
    screen.written = "";
    return write(text, done);
  };
  const exit = runApp(app);
  await screen.shows("Ask anything");
  keyboard.type("go");
  keyboard.type(KEYS.enter);
  await screen.shows("Esc stops");
  frames = 0;
  bytes = 0;
  const begunAt = performance.now();
  const cpu = process.cpuUsage();
  let typed = "";
  const waits: number[] = [];
  const memory: number[] = [];
  while (performance.now() - begunAt < SECONDS * 1_000) {
    const letter = String.fromCharCode(97 + (typed.length % 26));
    const typedAt = performance.now();
    typed += letter;
    keyboard.type(letter);
    // The prompt is wrapped and cut to its last rows, so its end tells whether the key is seen.
    await screen.shows((text) => promptOf(text).endsWith(typed.slice(-10)));
    waits.push(performance.now() - typedAt);
    if (typed.length % (KEYS_A_SECOND * 2) === 0) {
      globalThis.gc?.();
      memory.push(process.memoryUsage().heapUsed / 1024 / 1024);
    }
    await wait(Math.max(1, 1_000 / KEYS_A_SECOND - (performance.now() - typedAt)));
  }
  const seconds = (performance.now() - begunAt) / 1_000;
  const used = process.cpuUsage(cpu);
  keyboard.type(KEYS.escape);
  await screen.shows("Stopped");
  waits.sort((left, right) => left - right);
  const p50 = waits[Math.floor(waits.length / 2)] ?? 0;
  const p99 = waits[Math.floor(waits.length * 0.99)] ?? 0;
  const framesASecond = frames / seconds;
  console.log(
    `${(sent / seconds).toFixed(0)} pieces a second for ${seconds.toFixed(0)} s, ${typed.length} keys`,
  );
  console.log(
    `frames a second: ${framesASecond.toFixed(1)}, ${(bytes / seconds / 1024).toFixed(0)} KiB a second written`,
  );
  console.log(`a key is seen after ${p50.toFixed(0)} ms (median), ${p99.toFixed(0)} ms (99 %)`);
  console.log(`processor: ${(((used.user + used.system) / 1e6 / seconds) * 100).toFixed(0)} % of a core`);
  console.log(`memory in use, every 2 s of typing: ${memory.map((mb) => mb.toFixed(0)).join(" ")} MiB`);
  if (framesASecond > 35) problems.push(`${framesASecond.toFixed(1)} frames a second`);
  if (sent / seconds < DELTAS_A_SECOND * 0.9) problems.push("the text came slower than it was to come");
  if (p99 > 250) problems.push(`a key was seen after ${p99.toFixed(0)} ms only`);
  keyboard.type(KEYS.ctrlC);
  keyboard.type(KEYS.ctrlC);
  await exit;
}

function promptOf(screen: string): string {
  const rows = screen.split("\n");
  const rules = rows.flatMap((row, at) => (/^─+$/.test(row) ? [at] : []));
  return rows
    .slice((rules.at(-2) ?? 0) + 1, rules.at(-1))
    .map((row) => row.slice(2))
    .join("");
}

async function longConversation(): Promise<void> {
  const messages = Array.from(
    { length: MESSAGES },
    (_, index): Message =>
      index % 2 === 0
        ? userMessage(`Question ${index}: what about this?`)
        : assistantMessage(
            `## Answer ${index}\n\nSome **words** with \`code\`.\n\n\`\`\`ts\nconst answer = ${index};\n\`\`\`\n\n- one\n- two\n`,
          ),
  );
  const { id } = await sessions.create(messages);
  const app = testOptions({ columns: 120, rows: 40, start: { session: { type: "id", id } } }, sessions);
  const begunAt = performance.now();
  const exit = runApp(app);
  await app.screen.shows(`Answer ${MESSAGES - 1}`);
  const opened = performance.now() - begunAt;
  const scrolledAt = performance.now();
  let pages = 0;
  for (; pages < 50; pages += 1) {
    const before = app.screen.text();
    app.keyboard.type(KEYS.pageUp);
    await app.screen.shows((text) => text !== before);
  }
  const page = (performance.now() - scrolledAt) / pages;
  const topAt = performance.now();
  app.keyboard.type(KEYS.ctrlHome);
  await app.screen.shows("Question 0:");
  const top = performance.now() - topAt;
  console.log(
    `${MESSAGES} messages: opened in ${opened.toFixed(0)} ms, ${page.toFixed(0)} ms a page, ${top.toFixed(0)} ms to the beginning`,
  );
  if (opened > 1_000) problems.push(`opening took ${opened.toFixed(0)} ms`);
  app.keyboard.type(KEYS.ctrlC);
  app.keyboard.type(KEYS.ctrlC);
  await exit;
}

async function* manyDeltas(): AsyncGenerator<TransportEvent, void, undefined> {
  const words = "Some **words** of an answer with `code` in it, that go on and on. ".split(/(?<= )/);
  const begunAt = performance.now();
  for (;;) {
    const due = ((performance.now() - begunAt) / 1_000) * DELTAS_A_SECOND;
    for (; sent < due; sent += 1) {
      const end = sent % 60 === 59 ? "\n\n" : "";
      yield { type: "text-delta", index: 0, delta: (words[sent % words.length] ?? "") + end };
    }
    await wait(2);
  }
}
