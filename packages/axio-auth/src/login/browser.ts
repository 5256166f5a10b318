import { AxioError } from "axio";
import { isLoopbackHost } from "axio-http/internal";
import { isWsl } from "./login-environment.ts";

/** A program and its arguments, to start without a shell. */
export interface BrowserCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Returns the commands that open an address in the user's browser, the best first: those of `BROWSER`, then those of the
 * system. They run without a shell, so that no part
 * of the address is read as a command.
 *
 * @param url https, or http on this machine.
 * @throws AxioError `invalid-argument` for any other address.
 */
export function browserCommands(
  url: string | URL,
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly BrowserCommand[] {
  const href = checkedAddress(url);
  // `start` is part of cmd.exe, which ends a command at `&`. This is the function that it calls.
  const windowsArgs = ["url.dll,FileProtocolHandler", href];
  const chosen = chosenBrowsers(env["BROWSER"], href, platform);
  if (platform === "darwin") return [...chosen, { command: "open", args: [href] }];
  if (platform === "win32") return [...chosen, { command: "rundll32", args: windowsArgs }];
  const linux = { command: "xdg-open", args: [href] };
  if (platform !== "linux" || !isWsl(env)) return [...chosen, linux];
  const wsl = { command: "wslview", args: [href] };
  return [...chosen, wsl, { command: "rundll32.exe", args: windowsArgs }, linux];
}

/**
 * Returns the commands that the variable `BROWSER` lists, as other programs read it: separated by the path separator, each
 * with optional arguments, and `%s` for the address. The address is never part of another argument than its own.
 */
function chosenBrowsers(
  variable: string | undefined,
  href: string,
  platform: string,
): readonly BrowserCommand[] {
  return (variable ?? "").split(platform === "win32" ? ";" : ":").flatMap((entry) => {
    const words =
      entry.match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replace(/^(["'])(.*)\1$/, "$2")) ?? [];
    const [command, ...args] = words;
    if (command === undefined) return [];
    const withAddress = args.map((arg) => arg.replaceAll("%s", href));
    return [{ command, args: args.some((arg) => arg.includes("%s")) ? withAddress : [...args, href] }];
  });
}

/**
 * Opens an address in the user's browser, without waiting for it. Never throws.
 *
 * @returns Whether a program was started. Show the address in any case: the browser may not have appeared.
 */
export async function openBrowser(
  url: string | URL,
  platform: string = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<boolean> {
  let commands: readonly BrowserCommand[];
  try {
    commands = browserCommands(url, platform, env);
  } catch {
    return false;
  }
  for (const command of commands) {
    if (await start(command, env)) return true;
  }
  return false;
}

async function start(
  { command, args }: BrowserCommand,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  // Needed for signing in only.
  const { spawn } = await import("node:child_process");
  return new Promise((resolve) => {
    try {
      const child = spawn(command, args, { env, stdio: "ignore", detached: true, shell: false });
      child.once("error", () => resolve(false));
      child.once("spawn", () => resolve(true));
      child.unref();
    } catch {
      resolve(false);
    }
  });
}

function checkedAddress(url: string | URL): string {
  const text = String(url);
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const allowed =
    parsed?.protocol === "https:" || (parsed?.protocol === "http:" && isLoopbackHost(parsed.hostname));
  if (!parsed || !allowed) {
    throw new AxioError(
      "invalid-argument",
      "Only an https:// address, or an http:// address of this machine, can be opened in a browser.",
    );
  }
  // The parser percent-encodes spaces, quotes and control characters.
  return parsed.href;
}
