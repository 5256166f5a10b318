import { mkdir, rm, writeFile } from "node:fs/promises";
import { type RecordedRequest, startSimulator } from "../packages/axio-simulator/src/index.ts";
import { runAxio } from "./axio-peer.ts";
import { CLAUDE_CODE_VERSION, runClaudeCode } from "./claude-code.ts";
import type { CliCase } from "./cli-case.ts";
import { CLI_CASES, FAULT_CASES } from "./cli-cases.ts";
import { newestVersion, OLDEST_VERSION, staleClientVersion } from "./cli-versions.ts";
import { GATEWAY_CASES, OPENCODE_VERSION, runGatewayCase, runOpencode } from "./gateway-cases.ts";
import { createHome, installCli } from "./official-cli.ts";
import { type PeerRecord, recordRequest } from "./peer-record.ts";
import { PLAN_CASES, runPlanCase } from "./plan-cases.ts";
import { startRefusingProxy } from "./refusing-proxy.ts";
import { type RequestKind, sortRequests } from "./request-kinds.ts";
import { SHARED_AUTH_JSON_CASES } from "./shared-auth-json.ts";
import { WEB_SOCKET_CASES } from "./web-socket-cases.ts";
import { unexplainedDifferences, wireParityPage } from "./wire-parity-page.ts";

const RECORDS = new URL("./records/", import.meta.url);
const PAGE = new URL("../docs/wire-parity.md", import.meta.url);
const CASES = [...CLI_CASES, ...FAULT_CASES, ...WEB_SOCKET_CASES, ...SHARED_AUTH_JSON_CASES];

interface Row {
  readonly peer: string;
  readonly name: string;
  readonly problems: readonly string[];
}

const rows: Row[] = [];
const newest = await newestVersion();
const peers = {
  oldest: await runOfficial(OLDEST_VERSION),
  newest: await runOfficial(newest),
  ours: await runOurs(),
};
await row(`opencode ${OPENCODE_VERSION}`, "through the gateway: a tool call and its result", runOpencode);
await row(`claude ${CLAUDE_CODE_VERSION}`, "through the gateway: a tool call and its result", runClaudeCode);
await writeRecords(Object.values(peers));
await writeFile(PAGE, wireParityPage(peers));
await row("axio", "our client version is that of the newest CLI", () => staleClientVersion(newest));
await row("axio", "every difference to the newest CLI has a reason", () => unexplainedDifferences(peers));

for (const { peer, name, problems } of rows) {
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"}  ${peer.padEnd(16)}  ${name}`);
  for (const problem of problems) console.log(`      ${" ".repeat(16)}  - ${problem}`);
}
const failed = rows.filter(({ problems }) => problems.length > 0).length;
console.log(
  `\n${rows.length - failed} of ${rows.length} passed. The requests of each peer: docs/wire-parity.md`,
);
process.exitCode = failed === 0 ? 0 : 1;

async function runOfficial(version: string): Promise<PeerRecord> {
  const peer = `codex ${version}`;
  const seen = new Map<RequestKind, RecordedRequest>();
  let launcher = "";
  await row(peer, "is installed", async () => {
    launcher = await installCli(version);
    return [];
  });
  const isChosen = (item: { readonly newestOnly?: true }): boolean => !item.newestOnly || version === newest;
  for (const item of CASES.filter(isChosen)) {
    await row(peer, item.name, () => runCase(item, version, launcher, seen));
  }
  for (const item of PLAN_CASES.filter(isChosen)) {
    await row(peer, `Sign in with ChatGPT: ${item.name}`, () => runPlanCase(item, launcher));
  }
  for (const item of GATEWAY_CASES) {
    await row(peer, `through the gateway: ${item.name}`, () => runGatewayCase(item, launcher));
  }
  return toRecord(peer, seen);
}

/** Adds a row to the table. An exception fails that row and does not end the run. */
async function row(
  peer: string,
  name: string,
  run: () => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  const problems = await (async () => run())().catch((error: unknown) => [String(error)]);
  rows.push({ peer, name, problems });
}

async function runCase(
  item: CliCase,
  version: string,
  launcher: string,
  seen: Map<RequestKind, RecordedRequest>,
): Promise<readonly string[]> {
  // Newer CLIs send turns to an https origin only.
  const https = version === newest && item.http !== true;
  await using simulator = await startSimulator({ webSocket: false, ...item.options, https });
  await using proxy = await startRefusingProxy();
  const lifetime = typeof item.start === "number" ? { lifetimeSeconds: item.start } : {};
  const credentials = item.start === "signed out" ? undefined : simulator.issueCredentials(lifetime);
  await using home = await createHome(simulator, credentials, proxy.url);
  const problems = await item.run(launcher, home, simulator);
  for (const [kind, request] of sortRequests(simulator.requests, item.model ?? "lite")) {
    if (!seen.has(kind)) seen.set(kind, request);
  }
  return [...problems, ...proxy.problems()];
}

async function runOurs(): Promise<PeerRecord> {
  const requests = new Map<RequestKind, RecordedRequest>();
  await row("axio", "the same turns, sign-in and sign-out", () => runAxio(requests));
  return toRecord("axio", requests);
}

function toRecord(peer: string, requests: ReadonlyMap<RequestKind, RecordedRequest>): PeerRecord {
  return {
    peer,
    requests: Object.fromEntries([...requests].map(([kind, request]) => [kind, recordRequest(request)])),
  };
}

/** Replaces the records of the last run. */
async function writeRecords(records: readonly PeerRecord[]): Promise<void> {
  await rm(RECORDS, { recursive: true, force: true });
  await mkdir(RECORDS);
  for (const record of records) {
    const name = record.peer.replaceAll(/[^\w.]+/g, "-");
    await writeFile(new URL(`${name}.json`, RECORDS), `${JSON.stringify(record, null, 2)}\n`);
  }
}
