import type { RecordedRequest, Simulator } from "../packages/axio-simulator/src/index.ts";
import {
  type CliCase,
  expectCount,
  expectFailure,
  expectLastLine,
  expectSuccess,
  posts,
} from "./cli-case.ts";
import { execPrompt } from "./official-cli.ts";

const SHARED = { newestOnly: true, options: { webSocket: true } } as const;

/** Turns over a WebSocket. The simulator of the other cases does not accept one. */
export const WEB_SOCKET_CASES: readonly CliCase[] = [
  {
    ...SHARED,
    name: "WebSocket: a warm-up, the turn that continues from it, then only the tool's result",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        'think I run it\nsay I run it.\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nsay It printed {{result 1}}\\nand that is all',
      );
      const sent = messages(simulator);
      const [warmUp, turn, result] = sent.map(({ json }) => json as Record<string, unknown>);
      const input = (result?.["input"] ?? []) as readonly { readonly type?: unknown }[];
      return expectSuccess(simulator, run, [
        expectLastLine(run, "and that is all"),
        expectCount("messages", sent.length, 3),
        expectCount("HTTP requests", posts(simulator).length, 0),
        warmUp?.["generate"] === false ? [] : ["the first message is not a warm-up"],
        typeof turn?.["previous_response_id"] === "string" ? [] : ["the turn repeats the warm-up"],
        typeof result?.["previous_response_id"] === "string" ? [] : ["the tool's result repeats the turn"],
        expectCount("items after the tool", input.length, 1),
        /_output$/.test(String(input[0]?.type)) ? [] : ["the item after the tool is not an output"],
      ]);
    },
  },
  {
    ...SHARED,
    name: "WebSocket: after close code 1011 the whole request is sent over a new connection",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Once more\nfail close at=text attempts=1");
      const again = messages(simulator).at(-1)?.json as Record<string, unknown> | undefined;
      return expectSuccess(simulator, run, [
        expectLastLine(run, "Once more"),
        expectCount("connections", connections(simulator), 2),
        again?.["previous_response_id"] === undefined ? [] : ["the second request is not whole"],
      ]);
    },
  },
  {
    ...SHARED,
    name: "WebSocket: a new connection after the limit of 60 minutes",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        "say In another hour\nfail websocket_connection_limit attempts=1",
      );
      // The refusal is expected here.
      return [
        ...expectLastLine(run, "In another hour"),
        ...expectCount("connections", connections(simulator), 2),
      ];
    },
  },
  {
    ...SHARED,
    name: "WebSocket: the usage limit ends the turn at once",
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no\nfail usage_limit_reached");
      return expectFailure(run, /usage limit/i, [expectCount("HTTP requests", posts(simulator).length, 0)]);
    },
  },
];

function messages(simulator: Simulator): readonly RecordedRequest[] {
  return simulator.requests.filter(({ method }) => method === "MESSAGE");
}

function connections(simulator: Simulator): number {
  return simulator.requests.filter(({ status }) => status === 101).length;
}
