import { InputHandler } from "../input/input-handler.ts";
import { TerminalInput } from "../terminal/terminal-input.ts";
import { App } from "./app.ts";
import type { AppOptions } from "./app-options.ts";
import { readInstructions } from "./project-instructions.ts";

/** The alternate screen, bracketed paste, and arrows for the wheel (xterm's control sequences). */
const ENTER = "\x1b[?1049h\x1b[?2004h\x1b[?1007h\x1b[?25l";
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?1007l\x1b[?2004l\x1b[?1049l";
/** How often what moves is drawn while something is under way, in milliseconds. */
const TICK = 100;

/**
 * Runs the app in a terminal until the person leaves.
 *
 * @returns the exit code.
 */
export async function runApp(options: AppOptions): Promise<number> {
  const { stdin, stdout } = options;
  const [{ drawApp }, projectInstructions] = await Promise.all([
    loadDrawing(),
    readInstructions(options.folder),
  ]);
  const app = new App(
    { ...options, ...(projectInstructions === undefined ? {} : { projectInstructions }) },
    screenSize(stdout),
  );
  const handler = new InputHandler(app);
  const input = new TerminalInput(stdin, (event) => handler.handle(event));
  const leave = (): void => app.quit(0);
  stdout.write(ENTER);
  const drawing = drawApp(app, input.forInk, (text) => stdout.write(text));
  const resize = (): void => {
    const { width, height } = screenSize(stdout);
    app.resize(width, height);
    drawing.redraw();
  };
  app.onRedraw = () => drawing.redraw();
  const unfollow = app.subscribe(() => input.giveToInk(app.state.panel?.type === "screen"));
  const ticking = setInterval(() => {
    if (app.conversation.state.phase !== "idle") app.change({ tick: app.state.tick + 1 });
  }, TICK);
  stdout.on("resize", resize);
  process.on("SIGTERM", leave);
  process.on("SIGHUP", leave);
  try {
    input.open();
    // A start that takes its time can be left, too.
    return await Promise.race([app.ended, app.start().then(() => app.ended)]);
  } finally {
    clearInterval(ticking);
    stdout.off("resize", resize);
    process.off("SIGTERM", leave);
    process.off("SIGHUP", leave);
    unfollow();
    await app.close();
    drawing.end();
    input.close();
    stdout.write(LEAVE);
  }
}

/**
 * React chooses between its two builds when it is loaded: the one for development is slower, and notes each frame for as long as the
 * process runs. The variable is taken back, since commands that tools run read it, too.
 */
async function loadDrawing(): Promise<typeof import("./draw-app.tsx")> {
  const given = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = given ?? "production";
  try {
    return await import("./draw-app.tsx");
  } finally {
    if (given === undefined) delete process.env["NODE_ENV"];
  }
}

function screenSize({ columns = 80, rows = 24 }: NodeJS.WriteStream): {
  readonly width: number;
  readonly height: number;
} {
  return { width: Math.max(1, columns), height: Math.max(1, rows) };
}
