import { parseArgs } from "node:util";
import { FAULTS } from "./faults/registry.ts";
import { startSimulator } from "./simulator.ts";

const USAGE = `Usage: npm run simulator -- [--port N] [--https] [--replay FOLDER] [--pace MS]
       npm run simulator -- --faults    lists every fault`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8390" },
    https: { type: "boolean", default: false },
    replay: { type: "string" },
    pace: { type: "string", default: "15" },
    faults: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else if (values.faults) {
  for (const { name, summary } of FAULTS.values()) console.log(`${name.padEnd(38)}${summary}`);
} else {
  const simulator = await startSimulator({
    port: Number(values.port),
    https: values.https,
    paceMs: Number(values.pace),
    deviceIntervalSeconds: 1,
    ...(values.replay !== undefined && { replayFolder: values.replay }),
  });
  console.log(`The Codex simulator listens on ${simulator.origin} (this computer only). Ctrl-C stops it.

Point axio-codex at it:
  axio-codex login --issuer ${simulator.issuer}
  axio-codex ask "say Hello" --issuer ${simulator.issuer} --base-url ${simulator.baseUrl}

Point the official CLI at it (config.toml in its CODEX_HOME):
  chatgpt_base_url = "${simulator.origin}/backend-api"
  openai_base_url = "${simulator.baseUrl}"
and sign in with: codex login --device-auth --experimental_issuer ${simulator.issuer}
`);
  if (simulator.caPem !== undefined) console.log(`Trust this CA for it:\n${simulator.caPem}`);
  const stop = (): void => void simulator.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
