import { chatRecordings } from "test-support/chat-fixtures";
import { measureOpenAI, measureOurs } from "./measure.ts";
import { PEER_STREAMS } from "./streams.ts";

/** The parts of the page, for the test to check. */
export interface PeerPage {
  readonly text: string;
  /** Streams that we get wrong. */
  readonly wrong: readonly string[];
  /** Recordings that the clients read differently, without a reason why. */
  readonly unexplained: readonly string[];
}

/** Why the clients read a recording differently. We are right in all of them. */
const REASONS: Readonly<Record<string, string>> = {
  reasoning: "`openai` drops the reasoning, which servers want back.",
  parts: "`openai` turns parts of content into text.",
  "stop with a call": "A response that calls a tool ends for it.",
  "no finish reason": "The usage shows that the response is complete.",
  "error in the stream": "Both fail. Our error has a code, and says whether a retry helps.",
  index: "`openai` fails if the first call has another index than 0.",
  role: "`openai` demands a role in the first delta.",
  empty: "A call without arguments is an empty object.",
};

/** Runs both clients on all streams and recordings, and draws the page. */
export async function drawPeerPage(): Promise<PeerPage> {
  const rows: string[] = [];
  const wrong: string[] = [];
  for (const { name, body, right, reason } of PEER_STREAMS) {
    const [ours, theirs] = await Promise.all([measureOurs(body), measureOpenAI(body)]);
    if (ours !== right) wrong.push(`${name}: ${ours}, expected ${right}`);
    rows.push(`| ${name} | ${code(theirs)} | ${code(ours)} | ${reason} |`);
  }
  const recorded: string[] = [];
  const unexplained: string[] = [];
  for (const { name, data } of chatRecordings()) {
    const body = data.map((text) => `data: ${text}\n\n`).join("");
    const [ours, theirs] = await Promise.all([measureOurs(body), measureOpenAI(body)]);
    if (isSame(ours, theirs)) continue;
    const reason = reasonOf(ours, theirs);
    if (reason === undefined) unexplained.push(`${name}\n  ours:   ${ours}\n  openai: ${theirs}`);
    recorded.push(`| \`${name}\` | ${code(short(theirs))} | ${code(short(ours))} | ${reason ?? ""} |`);
  }
  return { text: pageText(rows, recorded), wrong, unexplained };
}

const STOP_REASONS: Readonly<Record<string, string>> = {
  end: "stop",
  "tool-use": "tool_calls",
  "max-output-tokens": "length",
};

/** Whether two outcomes say the same. */
function isSame(ours: string, theirs: string): boolean {
  const [reason = "", ...rest] = ours.split(": ");
  return [STOP_REASONS[reason] ?? reason, ...rest].join(": ") === theirs;
}

function reasonOf(ours: string, theirs: string): string | undefined {
  if (theirs.includes("missing role")) return REASONS["role"];
  if (theirs.includes("reading 'type'")) return REASONS["index"];
  if (theirs.startsWith("error: ") && !ours.includes(": ")) return REASONS["error in the stream"];
  if (theirs.includes("[object Object]")) return REASONS["parts"];
  if (theirs.startsWith("null") || theirs.includes("missing finish_reason"))
    return REASONS["no finish reason"];
  if (ours.includes(": [")) return REASONS["reasoning"];
  if (ours.startsWith("tool-use") && theirs.startsWith("stop")) return REASONS["stop with a call"];
  return ours.replaceAll("{}", "") === theirs.replaceAll("{}", "") ? REASONS["empty"] : undefined;
}

function pageText(rows: readonly string[], recorded: readonly string[]): string {
  return `# Streams that clients get wrong

What the package [\`openai\`](https://www.npmjs.com/package/openai) and [axio-transport-openai](../packages/axio-transport-openai) make of the same streams of Chat Completions: the stop reason, then reasoning in brackets, text in quotes, and calls; or the error. A test runs both and writes this page: \`npx vitest run packages/axio-transport-openai/test/peers.test.ts -u\`.

Both show the same text to the user wherever the stream is as OpenAI sends it. The differences are with other servers, and where a stream ends. In each row, our outcome is the right one, for the reason in the last column.

## Streams by hand

| Stream | \`openai\` | axio | Why |
| --- | --- | --- | --- |
${rows.join("\n")}

## Recordings of real servers

Only those that the two read differently.

| Recording | \`openai\` | axio | Why |
| --- | --- | --- | --- |
${recorded.join("\n")}
`;
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= 90 ? line : `${line.slice(0, 60)} … ${line.slice(-20)}`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|").replaceAll("`", "'").replaceAll("\n", " ")}\``;
}
