import { type ActiveTransport, SIMULATOR } from "../conversation/open-transport.ts";
import type { AppOptions } from "./app-options.ts";
import type { WelcomeRow } from "./view.ts";

/** What the app says before anything was said: where one is, and what to do first. */
export function welcomeRows(
  { found, version, folder, env }: Pick<AppOptions, "found" | "version" | "folder" | "env">,
  open: ActiveTransport | undefined,
): readonly WelcomeRow[] {
  const row = (kind: WelcomeRow["kind"], text: string): WelcomeRow => ({ kind, text });
  const head = [
    row("title", `axio ${version}`),
    row("text", shortFolder(folder, env["HOME"])),
    row("text", ""),
  ];
  if (open !== undefined && !open.needsSignIn) {
    const { account, title } = open;
    const planUse = account?.planUse;
    return [
      ...head,
      row("text", `${planUse?.label ?? title}${account === undefined ? "" : `, ${account.label}`}`),
      ...(planUse?.isOn === false
        ? [row("warning", "You are signed in, and there are no answers without the plan: /login asks again.")]
        : []),
      row("text", ""),
      row("offer", "Ask anything. @ names files, / shows the commands."),
      row("offer", "/sessions goes on with an earlier conversation, /help shows the keys."),
    ];
  }
  const hasSignIn = found.transportSettings.length > 0;
  const hasSimulator = found.transports.some(({ name }) => name === SIMULATOR);
  if (found.transports.length === 0)
    return [
      ...head,
      row("warning", "No transport is installed, so there is no model to ask."),
      row("offer", "Install one: npm install axio-transport-codex"),
    ];
  return [
    ...head,
    row(
      "warning",
      open === undefined ? "You are not signed in yet." : `You are not signed in to ${open.title}.`,
    ),
    row("text", ""),
    ...(hasSignIn
      ? [row("offer", "/login signs in, with the browser of this computer or of another one.")]
      : []),
    ...(hasSimulator
      ? [
          row(
            "offer",
            "/model offers the simulator, to look around without an account. It is no model: it plays prepared answers.",
          ),
        ]
      : []),
    row("offer", "/help shows the commands and keys."),
  ];
}

function shortFolder(folder: string, home: string | undefined): string {
  if (home === undefined || home === "") return folder;
  if (folder === home) return "~";
  return folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder;
}
