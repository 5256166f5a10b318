type Variables = Readonly<Record<string, string | undefined>>;

/** Sequences that a terminal understands beyond text, colors and positions. */
export interface TerminalFeatures {
  /** Whether its title can be set, and restored (OSC 2). */
  readonly title: boolean;
  /** Whether it opens addresses (OSC 8). */
  readonly hyperlinks: boolean;
  /** How to call the user: a desktop notification as iTerm2 (OSC 9) or rxvt (OSC 777) defined it, or the bell. */
  readonly notification: "osc-9" | "osc-777" | "bell" | "none";
}

const NONE: TerminalFeatures = { title: false, hyperlinks: false, notification: "none" };

const BY_PROGRAM: { readonly [program: string]: TerminalFeatures["notification"] } = {
  "iTerm.app": "osc-9",
  WarpTerminal: "osc-9",
  WezTerm: "osc-777",
  ghostty: "osc-777",
  vscode: "bell",
  Apple_Terminal: "bell",
};

/** Returns the features of the terminal that the environment describes. An unknown one gets no sequence that it may print. */
export function terminalFeatures(env: Variables): TerminalFeatures {
  const { TERM = "", TERM_PROGRAM = "" } = env;
  if (TERM === "dumb" || TERM === "linux") return NONE;
  // They pass the bell to the terminal, but not these sequences.
  const isInside = [env["TMUX"], env["STY"], env["ZELLIJ"]].some(Boolean) || /^(?:screen|tmux)/.test(TERM);
  if (isInside) return { ...NONE, notification: "bell" };
  const all = (notification: TerminalFeatures["notification"]): TerminalFeatures => ({
    title: true,
    hyperlinks: TERM_PROGRAM !== "Apple_Terminal",
    notification,
  });
  const program = Object.hasOwn(BY_PROGRAM, TERM_PROGRAM) ? BY_PROGRAM[TERM_PROGRAM] : undefined;
  if (program !== undefined) return all(program);
  if (env["KITTY_WINDOW_ID"] || TERM === "xterm-kitty") return all("osc-9");
  if (TERM === "xterm-ghostty" || TERM.startsWith("foot")) return all("osc-777");
  if (Number(env["VTE_VERSION"]) >= 5_000) return all("osc-777");
  if (env["WT_SESSION"] || env["KONSOLE_VERSION"] || TERM === "alacritty") return all("bell");
  return NONE;
}

/** Returns the sequence that sets the title. */
export function titleSequence(title: string): string {
  return `\x1b]2;${plain(title)}\x07`;
}

/** Pushes the title of the shell to the terminal's stack (xterm). */
export const SAVE_TITLE = "\x1b[22;2t";
/** Removes the title, and pops that of the shell. */
export const RESTORE_TITLE = `${titleSequence("")}\x1b[23;2t`;

/** Returns the sequence that calls the user. */
export function notificationSequence(how: TerminalFeatures["notification"], text: string): string {
  switch (how) {
    case "osc-9":
      return `\x1b]9;${plain(text)}\x07`;
    case "osc-777":
      return `\x1b]777;notify;axio;${plain(text).replaceAll(";", ",")}\x07`;
    case "bell":
      return "\x07";
    case "none":
      return "";
  }
}

/** A sequence ends at the first control character. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ").slice(0, 200);
}
