import type { LoginProgress, PluginHost, ProviderSignIn, SignedInProfile } from "axio/plugin";
import { type CommandContext, createHost } from "../command-context.ts";
import { EXIT } from "../exit-codes.ts";
import { LineReader } from "../login/line-reader.ts";
import { describeLoginStep } from "../login/login-view.ts";
import { chosenMethod } from "../options.ts";
import { errorToJson } from "../report-error.ts";
import { nextCommand, requireSignIn, selectionOf, shortPath } from "../selection.ts";
import { accountNotes, describePlan, profileToJson, signedInAs } from "../text/account-text.ts";
import { escapeLine } from "../text/terminal-text.ts";

/** Runs the command `login`. */
export async function runLogin(context: CommandContext): Promise<number> {
  const { args, io, err } = context;
  const signIn = requireSignIn(context);
  const selection = selectionOf(context);
  const method = chosenMethod(args, signIn.methods);
  const reader = new LineReader(io);
  // A pipe may never end, so it is read only if the user asked for it.
  const canPaste = method === "paste" || (method !== "device" && io.stdin.isTTY === true && err.isTerminal);
  const canEnterSecret = method === "api-key" || (io.stdin.isTTY === true && err.isTerminal);
  const progress = new ProgressPrinter(context, reader, canPaste);
  if (!args.json) await err.line(`${err.style.bold(signIn.title)}\n`);
  const host = createHost(context);
  await announceReplacement(signIn, host, context);
  try {
    const profile = await signIn.login(host, {
      ...selection,
      method,
      enablePlan: args.enablePlan,
      openBrowser: io.openBrowser,
      onProgress: (step) => progress.add(step),
      readPaste: canPaste
        ? async (signal) => {
            await progress.written;
            return reader.ask(args.json ? "" : "Paste the address: ", signal);
          }
        : undefined,
      readSecret: canEnterSecret
        ? async ({ title, url, isOptional, signal }) => {
            await progress.written;
            if (url !== undefined && !args.json)
              await err.line(`Get one at ${err.style.cyan(escapeLine(url))}`);
            const note = isOptional === true ? "not shown; may be empty" : "not shown";
            return reader.askSecret(args.json ? "" : `${title} (${note}): `, signal);
          }
        : undefined,
      readText: canEnterSecret
        ? async ({ title, signal }) => {
            await progress.written;
            return reader.ask(args.json ? "" : `${title}\n> `, signal);
          }
        : undefined,
    });
    await progress.written;
    reader.close();
    await showSuccess(profile, context);
    // Shown just now.
    if (profile.account.planUse?.isNoticeDue) await signIn.planUse?.acknowledge(host, selection);
    return EXIT.ok;
  } finally {
    reader.close();
  }
}

/** Names the account that the new sign-in may replace. */
async function announceReplacement(
  signIn: ProviderSignIn,
  host: PluginHost,
  context: CommandContext,
): Promise<void> {
  const { args, err, cli } = context;
  if (args.json || signIn.keepsRegistration) return;
  const { account } = await signIn.profile(host, selectionOf(context));
  if (account === undefined) return;
  const shown = err.style.bold(escapeLine(account.uses ?? account.label));
  const sentence =
    account.uses === undefined
      ? `You are signed in as ${shown}. Another account replaces it`
      : `You use ${shown}. Another key replaces it`;
  await err.line(`${sentence}; to keep both: ${cli.name} login --profile NAME\n`);
}

/** Prints the steps of a sign-in one after another, because drawing one may take a moment. */
class ProgressPrinter {
  readonly #context: CommandContext;
  readonly #reader: LineReader;
  readonly #canPaste: boolean;
  #isAlternative = false;
  /** Resolves when the steps are printed. */
  written: Promise<void> = Promise.resolve();

  constructor(context: CommandContext, reader: LineReader, canPaste: boolean) {
    this.#context = context;
    this.#reader = reader;
    this.#canPaste = canPaste;
  }

  add(step: LoginProgress): void {
    this.written = this.written.then(() => this.#print(step));
    // Awaited at the end.
    this.written.catch(() => undefined);
  }

  async #print(step: LoginProgress): Promise<void> {
    const { args, io, err, out } = this.#context;
    if (args.json) return out.json("error" in step ? { ...step, error: errorToJson(step.error) } : step);
    const lines = await describeLoginStep(step, {
      output: err,
      now: io.now(),
      canPaste: this.#canPaste,
      isAlternative: this.#isAlternative,
      isRemote: Boolean(io.env["SSH_CONNECTION"]),
    });
    this.#isAlternative ||= step.type === "authorize";
    this.#reader.hide();
    await err.write(`${lines.join("\n")}\n`);
    this.#reader.show();
  }
}

async function showSuccess(profile: SignedInProfile, context: CommandContext): Promise<void> {
  const { args, err, out } = context;
  const { account } = profile;
  if (args.json) {
    await out.json({ type: "signed-in", ...profileToJson(profile, context.io.now()) });
    return;
  }
  const { style } = err;
  const plan = describePlan(account.plan);
  await err.line(
    `${style.green(style.unicode ? "✓" : "ok:")} ${signedInAs(account, (text) => style.bold(escapeLine(text)))}${plan === "" ? "" : ` (${plan})`}.`,
  );
  await err.line(`  Stored in ${escapeLine(shortPath(profile.location, context))}.`);
  for (const note of accountNotes(account, context)) await err.line(`  ${escapeLine(note)}`);
  // The default backend does not accept the sign-in of another issuer.
  const next =
    args.settings["issuer"] === undefined
      ? `${nextCommand("ask", context, profile)} "Explain the Rust borrow checker."`
      : nextCommand("status", context, profile);
  await err.line(`  Next: ${style.cyan(next)}`);
}
