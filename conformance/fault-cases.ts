import { type CliCase, endsWith, judge, lastLine, NEW, OLD, posts } from "./cli-cases.ts";
import { execPrompt } from "./official-cli.ts";

const BOTH = [OLD, NEW];

/** What the official CLI does when the simulator fails: it shows that the faults are the real ones. */
export const FAULT_CASES: readonly CliCase[] = [
  {
    name: "an overload (503) is asked for again until it passes",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say After the overload\nfail overloaded attempts=1,2");
      return judge(simulator, run, [endsWith(run, "After the overload"), count(posts(simulator).length, 3)]);
    },
  },
  {
    name: "an overload inside a stream ends the turn at once",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say no\nfail failed:server_is_overloaded");
      return {
        problems: [
          ...(run.exitCode === 0 ? ["it ended well"] : []),
          ...(/capacity|overload|high demand/i.test(lastLine(run.stderr))
            ? []
            : [`it does not name the overload: ${lastLine(run.stderr)}`]),
          ...count(posts(simulator).length, 1),
        ],
      };
    },
  },
  {
    name: "a rate limit inside a stream is waited for as long as it says",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(
        launcher,
        home,
        "say After the limit\nfail failed:rate_limit_exceeded attempts=1",
      );
      return judge(simulator, run, [endsWith(run, "After the limit"), count(posts(simulator).length, 2)]);
    },
  },
  {
    name: "a 401 leads to another look at the file, then to a renewed sign-in, and the same request",
    versions: BOTH,
    run: async (launcher, home, simulator) => {
      const run = await execPrompt(launcher, home, "say Renewed\nfail token_invalidated attempts=1,2");
      const tokens = posts(simulator).map(({ headers }) => headers["authorization"]);
      return judge(simulator, run, [
        endsWith(run, "Renewed"),
        count(tokens.length, 3),
        new Set(tokens).size === 2 ? [] : ["the token was not renewed"],
        simulator.stats.refreshes === 1 ? [] : [`${simulator.stats.refreshes} refreshes in the place of 1`],
      ]);
    },
  },
];

function count(found: number, expected: number): string[] {
  return found === expected ? [] : [`${found} requests in the place of ${expected}`];
}
