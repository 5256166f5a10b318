import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { FAULTS } from "./faults/registry.ts";
import { type Simulator, startSimulator } from "./simulator.ts";

const USAGE = `Usage: npm run simulator -- [options]

  --port N         the port on 127.0.0.1, default 8390; 0 takes any free one
  --https          serve https, as the newer official CLIs demand
  --ca-file FILE   with --https: write the CA to trust into FILE
  --replay FOLDER  where \`replay NAME\` reads recorded streams from
  --pace MS        the pause between two deltas, default 15
  --faults         list every fault and stop`;

await main().catch((error: unknown) => {
  console.error(`${messageOf(error)}\n\n${USAGE}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8390" },
      https: { type: "boolean", default: false },
      "ca-file": { type: "string" },
      replay: { type: "string" },
      pace: { type: "string", default: "15" },
      faults: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.faults) {
    for (const { name, summary } of FAULTS.values()) console.log(`${name.padEnd(38)}${summary}`);
    return;
  }
  const simulator = await startSimulator({
    port: wholeNumber("--port", values.port),
    https: values.https,
    paceMs: wholeNumber("--pace", values.pace),
    deviceIntervalSeconds: 1,
    ...(values.replay !== undefined && { replayFolder: values.replay }),
  });
  const stop = (): void => void simulator.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await showHowToUse(simulator, values["ca-file"]);
}

async function showHowToUse(simulator: Simulator, caFile: string | undefined): Promise<void> {
  console.log(`The Codex simulator listens on ${simulator.origin} (this computer only). Ctrl-C stops it.

Point axio-codex at it (the profile keeps your real sign-in out of it; installed, the command is axio-codex):
  npm start -s -- login --profile simulator --issuer ${simulator.issuer}
  npm start -s -- ask "say Hello" --profile simulator --issuer ${simulator.issuer} --base-url ${simulator.baseUrl}

Point the official CLI at it, in the config.toml of its CODEX_HOME (newer ones than 0.144 need --https):
  chatgpt_base_url = "${simulator.origin}/backend-api"
  openai_base_url = "${simulator.baseUrl}"
and sign in with: codex login --device-auth --experimental_issuer ${simulator.issuer}
`);
  if (simulator.caPem === undefined) return;
  if (caFile === undefined) {
    console.log(`Trust this CA for it (--ca-file FILE writes it down):\n${simulator.caPem}`);
    return;
  }
  await writeFile(caFile, simulator.caPem);
  console.log(`Trust the CA in ${caFile} for it, with NODE_EXTRA_CA_CERTS or CODEX_CA_CERTIFICATE.`);
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`${name} is ${JSON.stringify(value)}. Give a whole number.`);
  return Number(value);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  return code === "EADDRINUSE" ? "The port is in use. Choose another one with --port." : error.message;
}
