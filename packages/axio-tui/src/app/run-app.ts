import type { EventEmitter } from "node:events";
import { InputHandler } from "../input/input-handler.ts";
import { TerminalInput } from "../terminal/terminal-input.ts";
import { TerminalModes } from "../terminal/terminal-modes.ts";
import { App } from "./app.ts";
import type { AppOptions } from "./app-options.ts";
import type { Drawing } from "./drawing.ts";
import { farewell, spokenFarewell } from "./farewell.ts";
import { readInstructions } from "./project-instructions.ts";
import { redirectConsole } from "./redirect-console.ts";

/** How often what moves is drawn while something is under way, in milliseconds. */
const TICK = 100;

/**
 * Runs the app in a terminal until the person leaves.
 *
 * @returns the exit code.
 */
export async function runApp(options: AppOptions): Promise<number> {
  const { stdin, stdout } = options;
  const isSpoken = options.env["INK_SCREEN_READER"] === "true";
  const [draw, projectInstructions] = await Promise.all([
    isSpoken ? loadSpoken() : loadScreen(),
    readInstructions(options.folder),
  ]);
  const app = new App(
    { ...options, ...(projectInstructions === undefined ? {} : { projectInstructions }) },
    screenSize(stdout),
  );
  const handler = new InputHandler(app);
  const input = new TerminalInput(stdin, (event) => handler.handle(event));
  const leave = (): void => app.quit(0);
  const modes = new TerminalModes(stdout, isSpoken);
  modes.enter();
  const restoreConsole = redirectConsole(options.notices);
  const drawing = draw(app, input.forInk, stdout);
  const resize = (): void => {
    const { width, height } = screenSize(stdout);
    app.resize(width, height);
    drawing.redraw();
  };
  app.onRedraw = () => drawing.redraw();
  app.onSuspend = () => {
    input.close();
    modes.leave();
    process.once("SIGCONT", () => {
      modes.enter();
      input.open();
      resize();
    });
    process.kill(process.pid, "SIGTSTP");
  };
  const unfollow = app.subscribe(() => input.giveToInk(app.state.panel?.type === "screen"));
  const ticking = setInterval(() => {
    if (!isSpoken && app.conversation.state.phase !== "idle") app.change({ tick: app.state.tick + 1 });
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
    restoreConsole();
    modes.leave();
    const { state } = app.conversation;
    // What is spoken ends in the row of the prompt.
    stdout.write(isSpoken ? `\n${spokenFarewell(state)}` : farewell(app.state, state, app.rowsOf()));
  }
}

type Draw = (app: App, input: EventEmitter, stdout: NodeJS.WriteStream) => Drawing;

/**
 * React chooses between its two builds when it is loaded: the one for development is slower, and notes each frame for as long as the
 * process runs. Ink draws only the last frame where a variable says that this is a CI, which here it is not: there is a terminal.
 */
const DRAWING_VARIABLES = { NODE_ENV: process.env["NODE_ENV"] ?? "production", CI: "false" };

function loadScreen(): Promise<Draw> {
  return withVariables(DRAWING_VARIABLES, async () => {
    const { drawApp } = await import("./draw-app.tsx");
    return (app, input, stdout) => drawApp(app, input, (text) => stdout.write(text));
  });
}

function loadSpoken(): Promise<Draw> {
  return withVariables(DRAWING_VARIABLES, async () => (await import("../spoken/draw-spoken.tsx")).drawSpoken);
}

/** Sets variables for the time of a function only, since commands that tools run read them, too. */
async function withVariables<Result>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const given = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const [name, value] of given) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

function screenSize({ columns = 80, rows = 24 }: NodeJS.WriteStream): {
  readonly width: number;
  readonly height: number;
} {
  return { width: Math.max(1, columns), height: Math.max(1, rows) };
}
