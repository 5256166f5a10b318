import type { RecordedRequest, Simulator } from "../packages/axio-simulator/src/index.ts";
import { type CliCase, endsWith, judge, NEW, posts } from "./cli-cases.ts";
import { execPrompt } from "./official-cli.ts";

const OPTIONS = { webSocket: true } as const;

/** What the newer CLI does over a WebSocket; all other cases run where the simulator has none. */
export const WEB_SOCKET_CASES: readonly CliCase[] = [
  {
    name: "WebSocket: a warm-up, the turn that goes on from it, and then the tool's result alone",
    versions: [NEW],
    options: OPTIONS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        'think I run it\nsay I run it.\ncall exec_command {"cmd":"echo tool-$((40+2))"}\nthen\nsay It printed {{result 1}}\\nand that is all',
      );
      const [warmUp, turn, result] = messages(simulator);
      const items = inputOf(result);
      return judge(simulator, run, [
        endsWith(run, "and that is all"),
        count(messages(simulator), 3),
        count(posts(simulator), 0),
        has(warmUp, "generate", false) ? [] : ["the first message is no warm-up"],
        typeof member(turn, "previous_response_id") === "string"
          ? []
          : ["the turn does not go on from the warm-up"],
        typeof member(result, "previous_response_id") === "string"
          ? []
          : ["the tool's result does not go on from the turn"],
        items.length === 1 && /_output$/.test(String(items[0]?.type))
          ? []
          : [`after the tool ${items.length} items were sent in the place of 1`],
      ]);
    },
  },
  {
    name: "WebSocket: one that closes with 1011 is asked again, whole, over another",
    versions: [NEW],
    options: OPTIONS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Once more\nfail close at=text attempts=1");
      const again = messages(simulator).at(-1);
      return judge(simulator, run, [
        endsWith(run, "Once more"),
        count(upgrades(simulator), 2),
        member(again, "previous_response_id") === undefined ? [] : ["the second request is not whole"],
      ]);
    },
  },
  {
    name: "WebSocket: an hour is over",
    versions: [NEW],
    options: OPTIONS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        "say In another hour\nfail websocket_connection_limit attempts=1",
      );
      return { problems: [...endsWith(run, "In another hour"), ...count(upgrades(simulator), 2)] };
    },
  },
  {
    name: "WebSocket: the usage limit ends the turn at once",
    versions: [NEW],
    options: OPTIONS,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no\nfail usage_limit_reached");
      return {
        problems: [
          ...(run.exitCode === 0 ? ["it ended well"] : []),
          ...(/usage limit/i.test(run.stderr) ? [] : ["it does not name the usage limit"]),
          ...count(posts(simulator), 0),
        ],
      };
    },
  },
];

function messages(simulator: Simulator): readonly RecordedRequest[] {
  return simulator.requests.filter(({ method }) => method === "MESSAGE");
}

function upgrades(simulator: Simulator): readonly RecordedRequest[] {
  return simulator.requests.filter(({ status }) => status === 101);
}

function member(request: RecordedRequest | undefined, name: string): unknown {
  return (request?.json as Record<string, unknown> | undefined)?.[name];
}

function has(request: RecordedRequest | undefined, name: string, value: unknown): boolean {
  return member(request, name) === value;
}

function inputOf(request: RecordedRequest | undefined): readonly { readonly type?: unknown }[] {
  const input = member(request, "input");
  return Array.isArray(input) ? input : [];
}

function count(found: readonly unknown[], expected: number): string[] {
  return found.length === expected ? [] : [`${found.length} requests in the place of ${expected}`];
}
