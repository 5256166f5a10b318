/** The symbols of the UI. */
export interface Symbols {
  readonly prompt: string;
  readonly bullet: string;
  readonly tool: string;
  readonly folded: string;
  readonly unfolded: string;
  readonly done: string;
  readonly failed: string;
  readonly retry: string;
  readonly bar: string;
  readonly corner: string;
  readonly rule: string;
  readonly full: string;
  readonly empty: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly arrow: string;
  readonly enter: string;
  readonly upDown: string;
  readonly spinner: readonly string[];
}

export const UNICODE_SYMBOLS: Symbols = {
  prompt: "›",
  bullet: "•",
  tool: "●",
  folded: "▸",
  unfolded: "▾",
  done: "✓",
  failed: "✗",
  retry: "↻",
  bar: "│",
  corner: "└",
  rule: "─",
  full: "█",
  empty: "░",
  ellipsis: "…",
  dot: "·",
  arrow: "→",
  enter: "⏎",
  upDown: "↑↓",
  spinner: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
};

export const ASCII_SYMBOLS: Symbols = {
  prompt: ">",
  bullet: "*",
  tool: "o",
  folded: ">",
  unfolded: "v",
  done: "+",
  failed: "x",
  retry: "~",
  bar: "|",
  corner: "`",
  rule: "-",
  full: "#",
  empty: ".",
  ellipsis: "...",
  dot: "-",
  arrow: "->",
  enter: "Enter",
  upDown: "Up/Down",
  spinner: ["|", "/", "-", "\\"],
};
