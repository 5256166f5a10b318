import { AxioError } from "axio";
import { type LoginProgress, withStore } from "axio-auth";
import type { BearerCredentials } from "../../credentials.ts";
import { accountToJson, describePlan } from "../account-text.ts";
import { type Account, chosenAccount, nextCommand, shortPath } from "../accounts.ts";
import type { CommandContext, CommandEnds } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { LineReader } from "../line-reader.ts";
import { describeLoginStep } from "../login-view.ts";
import type { LoginMethod } from "../program.ts";
import { errorToJson } from "../report-error.ts";
import { escapeLine } from "../terminal-text.ts";
import { UsageError } from "../usage-error.ts";
import { warn } from "../warn.ts";

const METHODS: readonly LoginMethod[] = ["browser", "device", "paste"];

/** The command `login`. */
export async function runLogin<C extends BearerCredentials>(context: CommandContext<C>): Promise<number> {
  const { args, io, err, out, program } = context;
  const account = await chosenAccount(context);
  const method = methodOf(context);
  const reader = new LineReader(io);
  // A pipe is read only where a paste was asked for: it may never end.
  const canPaste = method === "paste" || (method !== "device" && io.stdin.isTTY === true && err.isTerminal);
  // Steps are written one after another, since drawing one may take a moment.
  let written: Promise<void> = Promise.resolve();
  let isAlternative = false;
  const show = async (step: LoginProgress): Promise<void> => {
    if (args.flag("json"))
      return out.json("error" in step ? { ...step, error: errorToJson(step.error) } : step);
    const lines = await describeLoginStep(step, {
      channel: err,
      now: io.now(),
      canPaste,
      isAlternative,
      isRemote: Boolean(io.env["SSH_CONNECTION"]),
    });
    isAlternative ||= step.type === "authorize";
    reader.hide();
    await err.write(`${lines.join("\n")}\n`);
    reader.show();
  };
  const login = await program.load.login();
  if (!args.flag("json")) await err.line(`${err.style.bold(program.signInTitle)}\n`);
  try {
    const credentials = await login({
      store: account.store,
      method,
      args,
      surroundings: io,
      signal: io.signal,
      onProgress: (step) => {
        written = written.then(() => show(step));
        // Waited for at the end; until then nobody else handles its failure.
        written.catch(() => undefined);
      },
      ...(canPaste
        ? {
            readPaste: async (signal: AbortSignal) => {
              await written;
              return reader.ask(args.flag("json") ? "" : "Paste the address: ", signal);
            },
          }
        : {}),
      ...(io.openBrowser === undefined ? {} : { openBrowser: io.openBrowser }),
      ...(io.callbackPorts === undefined ? {} : { ports: io.callbackPorts }),
    });
    await written;
    reader.close();
    await rememberStore(account, context);
    await tellSuccess(context, account, credentials);
    return EXIT.ok;
  } finally {
    reader.close();
  }
}

/** From now on the profile's name is enough to find it. */
async function rememberStore<C extends BearerCredentials>(
  { name, kind }: Account<C>,
  context: CommandContext<C>,
): Promise<void> {
  if (kind === undefined) return;
  try {
    const profiles = await context.program.load.profiles();
    await profiles.change((known) => withStore(known, name, kind), context.io);
  } catch (error) {
    // The sign-in itself is kept.
    if (!AxioError.is(error)) throw error;
    await warn(error, context);
  }
}

function methodOf({ args }: CommandEnds): LoginMethod {
  const [method = "auto", other] = METHODS.filter((name) => args.flag(name));
  if (other !== undefined)
    throw new UsageError(
      `--${method} and --${other} are two ways to sign in.`,
      "Choose one of them, or none.",
    );
  return method;
}

async function tellSuccess<C extends BearerCredentials>(
  context: CommandContext<C>,
  account: Account<C>,
  credentials: C,
): Promise<void> {
  const { args, err, out, program } = context;
  const facts = program.describe(credentials) ?? { accountId: "" };
  if (args.flag("json")) {
    await out.json({ type: "signed-in", ...accountToJson(account, facts, credentials) });
    return;
  }
  const { style } = err;
  const who = escapeLine(facts.email ?? `the account ${facts.accountId}`);
  const plan = describePlan(facts.plan);
  await err.line(
    `${style.green(style.unicode ? "✓" : "ok:")} Signed in as ${style.bold(who)}${plan === "" ? "" : ` (${plan})`}.`,
  );
  await err.line(`  Kept in ${shortPath(account.place, context)}.`);
  for (const note of facts.notes ?? []) await err.line(`  ${escapeLine(note)}`);
  // Another issuer's sign-in is of no use at the usual backend.
  const next = args.flag("issuer")
    ? nextCommand("status", context)
    : `${nextCommand("ask", context)} "Explain the Rust borrow checker."`;
  await err.line(`  Next: ${style.cyan(next)}`);
}
