#!/usr/bin/env node
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CLAUDE_FAULTS } from "./anthropic/claude-faults.ts";
import { startAnthropicSimulator } from "./anthropic/simulator.ts";
import { CHAT_FAULTS } from "./chat/chat-faults.ts";
import { CHAT_DIALECTS, type ChatDialectName } from "./chat/dialects.ts";
import { startChatGPTSimulator } from "./chatgpt/simulator.ts";
import { startSimulator } from "./codex/simulator.ts";
import type { RunningSimulator } from "./create-simulator.ts";
import type { FaultRegistry } from "./faults/fault.ts";
import { FAULTS } from "./faults/registry.ts";
import { howToUseAnthropic, howToUseChatGPT, howToUseCodex, howToUseOpenAI } from "./how-to-use.ts";
import { startOpenAISimulator } from "./openai/simulator.ts";
import type { ServerOptions } from "./options.ts";
import { type PreparedResponse, sectionOf } from "./stream/scripted-response.ts";

const USAGE = `Usage: axio-simulator [options]

Answers like a model's service, without an account and always the same way. A prompt such as "say Hello" is answered as it says;
--scenario answers any prompt. Prints how to connect a client: environment variables, or commands.

  --route NAME     codex (the default); chatgpt: the documented "Sign in with ChatGPT"; openai: an API key;
                   anthropic: Claude's Messages API
  --dialect NAME   with --route openai: the server, such as openrouter, deepseek or ollama. Default: openai
  --lenient        with --route chatgpt: accept what the documentation does not mention
  --scenario FILE  a JSON list of the responses to the first requests: texts, or objects with text, reasoning, toolCalls,
                   usage, fault, delayMs, refusal
  --repeat         with --scenario: begin again after the last response
  --api-key KEY    with --route openai and anthropic: the key to accept. Default: a random one
  --cors           let web pages of any origin send requests
  --port N         the port on 127.0.0.1, or 0 for any free port. Default: 8390
  --https          serve https, which newer official CLIs demand
  --ca-file FILE   with --https: write the CA to trust to FILE
  --replay DIR     the directory from which \`replay NAME\` reads recorded streams
  --pace MS        milliseconds between two deltas. Default: 15
  --faults         list every fault and exit
  --version        print the version and exit
  --help           print this text and exit`;

await main().catch((error: unknown) => {
  console.error(`${messageOf(error)}\n\n${USAGE}`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      route: { type: "string", default: "codex" },
      dialect: { type: "string", default: "openai" },
      lenient: { type: "boolean", default: false },
      port: { type: "string", default: "8390" },
      https: { type: "boolean", default: false },
      "ca-file": { type: "string" },
      replay: { type: "string" },
      pace: { type: "string", default: "15" },
      faults: { type: "boolean", default: false },
      scenario: { type: "string" },
      repeat: { type: "boolean", default: false },
      "api-key": { type: "string" },
      cors: { type: "boolean", default: false },
      version: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.version) {
    console.log(await ownVersion());
    return;
  }
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.faults) {
    for (const { name, summary } of faultsOf(values.route).values())
      console.log(`${name.padEnd(38)}${summary}`);
    return;
  }
  const shared = {
    port: wholeNumber("--port", values.port),
    https: values.https,
    paceMs: wholeNumber("--pace", values.pace),
    replayDirectory: values.replay,
    responses: values.scenario === undefined ? [] : await readScenario(values.scenario),
    repeatResponses: values.repeat,
    cors: values.cors,
  };
  const { simulator, howToUse } = await start({ ...values, apiKey: values["api-key"] }, shared);
  const stop = (): void => void simulator.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  console.log(howToUse);
  if (simulator.caPem !== undefined) await showCertificate(simulator.caPem, values["ca-file"]);
}

/** The options that choose a simulator. */
interface Choice {
  readonly route: string;
  readonly dialect: string;
  readonly lenient: boolean;
  readonly apiKey: string | undefined;
}

async function start(
  { route, dialect, lenient, apiKey }: Choice,
  shared: ServerOptions,
): Promise<{ simulator: RunningSimulator<object>; howToUse: string }> {
  switch (route) {
    case "codex": {
      const simulator = await startSimulator({ ...shared, deviceIntervalSeconds: 1 });
      return { simulator, howToUse: howToUseCodex(simulator) };
    }
    case "chatgpt": {
      const simulator = await startChatGPTSimulator({
        ...shared,
        unknowns: lenient ? "lenient" : "strict",
        onViolation: ({ kind, message, request }) => console.log(`Request ${request}: ${message} (${kind})`),
      });
      return { simulator, howToUse: howToUseChatGPT(simulator) };
    }
    case "openai": {
      const simulator = await startOpenAISimulator({ ...shared, apiKey, dialect: dialectNamed(dialect) });
      return { simulator, howToUse: howToUseOpenAI(simulator, dialect) };
    }
    case "anthropic": {
      const simulator = await startAnthropicSimulator({ ...shared, apiKey });
      return { simulator, howToUse: howToUseAnthropic(simulator) };
    }
    default:
      throw new Error(`--route is ${JSON.stringify(route)}. Choose codex, chatgpt, openai or anthropic.`);
  }
}

/** @throws Error if the file is not a list of responses. */
async function readScenario(path: string): Promise<readonly PreparedResponse[]> {
  try {
    const responses: unknown = JSON.parse(await readFile(path, "utf8"));
    if (!Array.isArray(responses)) throw new Error("It is not a JSON list.");
    for (const response of responses) sectionOf(response);
    return responses as readonly PreparedResponse[];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`--scenario ${path} cannot be used: ${reason}`, { cause });
  }
}

async function ownVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return manifest.version;
}

function faultsOf(route: string): FaultRegistry<never> {
  return route === "openai" ? CHAT_FAULTS : route === "anthropic" ? CLAUDE_FAULTS : FAULTS;
}

function dialectNamed(name: string): ChatDialectName {
  const names = Object.keys(CHAT_DIALECTS) as readonly ChatDialectName[];
  const found = names.find((candidate) => candidate === name);
  if (found === undefined)
    throw new Error(`--dialect is ${JSON.stringify(name)}. Choose one of ${names.join(", ")}.`);
  return found;
}

async function showCertificate(caPem: string, caFile: string | undefined): Promise<void> {
  if (caFile === undefined) {
    console.log(`Clients must trust this CA (--ca-file FILE writes it to a file):\n${caPem}`);
    return;
  }
  await writeFile(caFile, caPem);
  console.log(
    `Clients must trust the CA in ${caFile}: set NODE_EXTRA_CA_CERTS or CODEX_CA_CERTIFICATE to it.`,
  );
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
