import { AxioError } from "axio";
import { type Credentials, type LoginProgress, withStore } from "axio-auth";
import { login } from "../../oauth/login.ts";
import { CODEX_PROFILES } from "../../profile-store.ts";
import { accountToJson, describePlan } from "../account-text.ts";
import { type Account, chosenAccount, nextCommand, shortPath } from "../accounts.ts";
import type { CommandContext } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { LineReader } from "../line-reader.ts";
import { describeLoginStep } from "../login-view.ts";
import { errorToJson } from "../report-error.ts";
import { escapeLine } from "../terminal-text.ts";
import { UsageError } from "../usage-error.ts";
import { warn } from "../warn.ts";

const METHODS = ["browser", "device", "paste"] as const;

/** `axio-codex login`. */
export async function runLogin(context: CommandContext): Promise<number> {
  const { args, io, err, out } = context;
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
    const lines = await describeLoginStep(step, { channel: err, now: io.now(), canPaste, isAlternative });
    isAlternative ||= step.type === "authorize";
    reader.hide();
    await err.write(`${lines.join("\n")}\n`);
    reader.show();
  };
  const issuer = args.text("issuer");
  const workspaces = args.texts("workspace");
  if (!args.flag("json")) await err.line(`${err.style.bold("Sign in with ChatGPT")}\n`);
  try {
    const credentials = await login({
      store: account.store,
      method,
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
      ...(issuer === undefined ? {} : { issuer }),
      ...(workspaces.length === 0 ? {} : { allowedWorkspaceIds: workspaces }),
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
async function rememberStore({ name, kind }: Account, context: CommandContext): Promise<void> {
  if (kind === undefined) return;
  try {
    await CODEX_PROFILES.change((profiles) => withStore(profiles, name, kind), context.io);
  } catch (error) {
    // The sign-in itself is kept.
    if (!AxioError.is(error)) throw error;
    await warn(error, context);
  }
}

function methodOf({ args }: CommandContext): (typeof METHODS)[number] | "auto" {
  const [method = "auto", other] = METHODS.filter((name) => args.flag(name));
  if (other !== undefined)
    throw new UsageError(
      `--${method} and --${other} are two ways to sign in.`,
      "Choose one of them, or none.",
    );
  return method;
}

async function tellSuccess(
  context: CommandContext,
  account: Account,
  credentials: Credentials,
): Promise<void> {
  const { args, err, out } = context;
  if (args.flag("json")) {
    await out.json({ type: "signed-in", ...accountToJson(account, credentials) });
    return;
  }
  const { style } = err;
  const who = escapeLine(credentials.email ?? `the account ${credentials.accountId}`);
  const plan = describePlan(credentials.planType);
  await err.line(
    `${style.green(style.unicode ? "✓" : "ok:")} Signed in as ${style.bold(who)}${plan === "" ? "" : ` (${plan})`}.`,
  );
  await err.line(`  Kept in ${shortPath(account.place, context)}.`);
  // Another issuer's sign-in is of no use at the usual backend.
  const next = args.flag("issuer")
    ? nextCommand("status", context)
    : `${nextCommand("ask", context)} "Explain the Rust borrow checker."`;
  await err.line(`  Next: ${style.cyan(next)}`);
}
