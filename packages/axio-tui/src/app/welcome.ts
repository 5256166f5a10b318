import { type ActiveProvider, SIMULATOR } from "../conversation/active-provider.ts";
import type { AppOptions } from "../host/app-options.ts";
import type { WelcomeRow } from "../panels/view.ts";
import { shortPath } from "../theme/short-path.ts";

/** Returns the text of an empty conversation: where the user is, and what to do first. */
export function welcomeRows(
  { found, folder, version, cwd, env }: Pick<AppOptions, "found" | "folder" | "version" | "cwd" | "env">,
  active: ActiveProvider | undefined,
): readonly WelcomeRow[] {
  const head = [
    row("title", `axio ${version}`),
    row("text", shortPath(cwd, env["HOME"])),
    ...folder.instructions.map(({ place }) => row("text", `Instructions: ${place}`)),
    row("text", ""),
  ];
  if (active !== undefined && !active.needsSignIn) return [...head, ...readyRows(active)];
  if (found.providers.length === 0)
    return [
      ...head,
      row("warning", "No provider is installed, so there is no model to use."),
      row("offer", "Install one: npm install --global axio-transport-codex"),
    ];
  const hasSignIn =
    active === undefined
      ? found.providers.some(({ name }) => name !== SIMULATOR)
      : active.provider.signIn !== undefined;
  const hasSimulator = found.providers.some(({ name }) => name === SIMULATOR);
  return [
    ...head,
    row(
      "warning",
      active === undefined ? "You are not signed in yet." : `You are not signed in to ${active.title}.`,
    ),
    row("text", ""),
    ...(hasSignIn
      ? [row("offer", "/login signs in, with a browser on this computer or another device.")]
      : []),
    ...(hasSimulator
      ? [
          row(
            "offer",
            "/model offers the simulator, to try axio without an account. It is not a model: it plays scripted answers.",
          ),
        ]
      : []),
    row("offer", "/help shows the commands and keys."),
  ];
}

function readyRows({ account, title }: ActiveProvider): readonly WelcomeRow[] {
  const planUse = account?.planUse;
  return [
    row("text", [planUse?.label ?? title, account?.label].filter((part) => part !== undefined).join(", ")),
    ...(planUse?.isOn === false
      ? [
          row(
            "warning",
            "You are signed in, but your plan is not used, so no model answers. /login asks again.",
          ),
        ]
      : []),
    row("text", ""),
    row("offer", "Ask anything. @ attaches files, / shows the commands."),
    row("offer", "/sessions continues an earlier conversation, /help shows the keys."),
  ];
}

function row(kind: WelcomeRow["kind"], text: string): WelcomeRow {
  return { kind, text };
}
