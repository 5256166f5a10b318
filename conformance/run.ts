import { mkdir, writeFile } from "node:fs/promises";
import { type RecordedRequest, startSimulator } from "../packages/codex-simulator/src/index.ts";
import { runAxio } from "./axio-peer.ts";
import { CLI_CASES, type CliCase, NEW, OLD } from "./cli-cases.ts";
import { createHome, installCli } from "./official-cli.ts";
import { type PeerRecord, recordRequest } from "./peer-record.ts";
import { startRefusingProxy } from "./refusing-proxy.ts";
import { type RequestKind, sortRequests } from "./request-kinds.ts";
import { unexplainedDifferences, wireParityPage } from "./wire-parity-page.ts";

const RECORDS = new URL("./records/", import.meta.url);
const PAGE = new URL("../docs/wire-parity.md", import.meta.url);

interface Row {
  readonly peer: string;
  readonly name: string;
  readonly problems: readonly string[];
}

const rows: Row[] = [];
const records: PeerRecord[] = [];
for (const version of [OLD, NEW]) records.push(await runOfficial(version));
records.push(await runOurs());

await mkdir(RECORDS, { recursive: true });
for (const record of records) {
  const name = record.peer.replaceAll(/[^\w.]+/g, "-");
  await writeFile(new URL(`${name}.json`, RECORDS), `${JSON.stringify(record, null, 2)}\n`);
}
await writeFile(PAGE, wireParityPage(records));
rows.push({
  peer: "axio",
  name: "every difference to codex has a reason",
  problems: unexplainedDifferences(records),
});

for (const { peer, name, problems } of rows) {
  console.log(`${problems.length === 0 ? "ok  " : "FAIL"}  ${peer.padEnd(14)}  ${name}`);
  for (const problem of problems) console.log(`      ${" ".repeat(14)}  - ${problem}`);
}
const failed = rows.filter(({ problems }) => problems.length > 0).length;
console.log(`\n${rows.length - failed} of ${rows.length} passed. What each peer sent: docs/wire-parity.md`);
process.exitCode = failed === 0 ? 0 : 1;

async function runOfficial(version: string): Promise<PeerRecord> {
  const launcher = await installCli(version);
  const seen = new Map<RequestKind, RecordedRequest>();
  for (const item of CLI_CASES.filter(({ versions }) => versions.includes(version))) {
    const row = await runCase(item, version, launcher, seen);
    rows.push(row);
  }
  return toRecord(`codex ${version}`, seen);
}

async function runCase(
  item: CliCase,
  version: string,
  launcher: string,
  seen: Map<RequestKind, RecordedRequest>,
): Promise<Row> {
  const row = { peer: `codex ${version}`, name: item.name };
  // The newer CLI takes turns from an https origin only.
  const https = version === NEW && item.http !== true;
  await using simulator = await startSimulator({ ...item.options, https });
  await using proxy = await startRefusingProxy();
  const lifetime = typeof item.start === "number" ? { lifetimeSeconds: item.start } : {};
  const credentials = item.start === "signed out" ? undefined : simulator.issueCredentials(lifetime);
  await using home = await createHome(simulator, credentials, proxy.url);
  const { problems } = await item.run(launcher, home, simulator);
  for (const [kind, request] of sortRequests(simulator.requests, item.model ?? "lite")) {
    if (!seen.has(kind)) seen.set(kind, request);
  }
  const elsewhere = [...proxy.hosts].map((host) => `it asked for ${host} and was refused`);
  return { ...row, problems: [...problems, ...elsewhere] };
}

async function runOurs(): Promise<PeerRecord> {
  const { requests, problems } = await runAxio();
  rows.push({ peer: "axio", name: "the same turns, sign-in and sign-out", problems });
  return toRecord("axio", requests);
}

function toRecord(peer: string, requests: ReadonlyMap<RequestKind, RecordedRequest>): PeerRecord {
  return {
    peer,
    requests: Object.fromEntries([...requests].map(([kind, request]) => [kind, recordRequest(request)])),
  };
}
