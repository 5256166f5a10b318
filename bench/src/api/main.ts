import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { ClientOptions } from "../client.ts";
import { ROOT_FOLDER } from "../contenders.ts";
import type { ClientId } from "../measure-client.ts";
import { startServer } from "../processes.ts";
import { measureStreaming, WARM_ANSWERS } from "../streaming.ts";
import { writeReport } from "../write-report.ts";
import { installNode24 } from "./node-24.ts";
import {
  type ApiFindings,
  type ApiResult,
  apiReport,
  clientOf,
  type MeasuredApi,
  resultTable,
  violations,
} from "./report.ts";

const HELP = `Usage: npm run api -- [--rounds N] [--wire chat|messages|codex] [--no-peers] [--write]

  --rounds N  How often each client is measured (default 9, at least 1).
  --wire W    Only this API. Default: all.
  --no-peers  Only axio and the floor.
  --write     Update docs/benchmarks.md.`;

const COUNT = 20_000;

/** The clients that need a newer Node than axio. */
const PEERS: Readonly<Record<MeasuredApi, readonly ClientId[]>> = {
  codex: ["codex/openai", "codex/ai-sdk", "codex/pi-ai"],
  chat: ["chat/openai", "chat/ai-sdk", "chat/pi-ai"],
  messages: ["messages/anthropic", "messages/ai-sdk", "messages/pi-ai"],
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "9" },
      wire: { type: "string" },
      "no-peers": { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  const wires = (["chat", "messages", "codex"] as const).filter((wire) => (values.wire ?? wire) === wire);
  if (values.help || !Number.isSafeInteger(rounds) || rounds < 1 || wires.length === 0) {
    console.log(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const node24 = await installNode24();
  // The newest clients compress their requests, which an older server cannot read.
  const server = await startServer(node24.path);
  try {
    const options = { origin: server.origin, axioFolder: ROOT_FOLDER };
    const findings: ApiFindings = {
      date: new Date().toISOString().slice(0, 10),
      cpu: cpus()[0]?.model.trim() ?? process.arch,
      rounds,
      load: loadavg()[0] ?? 0,
      processors: availableParallelism(),
      results: await measureAll({ wires, rounds, hasPeers: !values["no-peers"] }, node24, options),
    };
    const report = apiReport(findings);
    console.log(report);
    if (values.write) await writeReport("api result", report);
    for (const violation of violations(findings)) {
      console.error(violation);
      process.exitCode = 1;
    }
  } finally {
    server.stop();
  }
}

interface Plan {
  readonly wires: readonly MeasuredApi[];
  readonly rounds: number;
  readonly hasPeers: boolean;
}

async function measureAll(
  { wires, rounds, hasPeers }: Plan,
  node24: { readonly version: string; readonly path: string },
  options: ClientOptions,
): Promise<readonly ApiResult[]> {
  const own = { version: process.versions.node, path: process.execPath };
  const results: ApiResult[] = [];
  for (const wire of wires) {
    for (const node of [own, node24]) {
      console.error(`${COUNT} deltas over ${wire} on Node ${node.version}, ${rounds} rounds …`);
      const peers = node === node24 && hasPeers ? PEERS[wire] : [];
      const streaming = await measureStreaming(
        {
          task: { kind: "deltas", count: COUNT },
          answers: WARM_ANSWERS,
          rounds,
          floor: clientOf(wire, "floor"),
          clients: [clientOf(wire, "axio"), ...peers],
          execPath: node.path,
          timeoutMs: 120_000,
        },
        options,
      );
      results.push({ wire, node: node.version, streaming });
      console.error(resultTable({ wire, node: node.version, streaming }));
    }
  }
  return results;
}

await main();
