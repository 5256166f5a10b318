import { App } from "../app/app.ts";
import { followAttention } from "../app/attention.ts";
import { editInEditor } from "../app/edit-in-editor.ts";
import { farewell, resumeAdvice } from "../app/farewell.ts";
import { appFrame } from "../app/frame.ts";
import { redirectConsole } from "../app/redirect-console.ts";
import { folderInstructions } from "../conversation/system-prompt.ts";
import type { AppOptions } from "../host/app-options.ts";
import { InputHandler } from "../input/input-handler.ts";
import { LinearView } from "../screen-reader/linear-view.ts";
import { FrameLimiter } from "../terminal/frame-limiter.ts";
import { FrameWriter } from "../terminal/frame-writer.ts";
import { terminalFeatures } from "../terminal/terminal-features.ts";
import { TerminalInput } from "../terminal/terminal-input.ts";
import { TerminalModes } from "../terminal/terminal-modes.ts";

/** The interval of animations, in milliseconds. */
const TICK_MS = 100;

/**
 * Runs the app in a terminal until the user leaves.
 *
 * @returns The exit code.
 */
export async function runApp(options: AppOptions): Promise<number> {
  const { stdin, stdout, screenReader: isLinear } = options;
  const projectInstructions = folderInstructions(options.folder);
  const app = new App({ ...options, projectInstructions }, screenSize(stdout));
  const handler = new InputHandler(app, options.now);
  const input = new TerminalInput(stdin, (event) => handler.handle(event), options.now);
  const modes = new TerminalModes(stdout, isLinear);
  const view = isLinear ? linearView(app, stdout) : screenView(app, stdout);
  let isAway = false;
  const frames = new FrameLimiter(() => {
    if (isAway) return;
    view.draw();
    handler.drawn();
  });
  const leave = (): void => app.quit(0);
  const redraw = (): void => {
    const { width, height } = screenSize(stdout);
    view.forget();
    app.resize(width, height);
  };
  app.onRedraw = redraw;
  app.onCopy = (text) => stdout.write(clipboardSequence(text));
  const giveTerminal = (): void => {
    isAway = true;
    input.close();
    modes.leave();
  };
  const takeTerminal = (): void => {
    isAway = false;
    modes.enter();
    input.open();
    redraw();
  };
  app.onSuspend = () => {
    giveTerminal();
    process.once("SIGCONT", takeTerminal);
    process.kill(process.pid, "SIGTSTP");
  };
  app.onEdit = (text) => {
    giveTerminal();
    return editInEditor(text, options.env).finally(takeTerminal);
  };
  modes.enter();
  const restoreConsole = redirectConsole(options.notices);
  const unfollow = [app.subscribe(frames.request), app.conversation.subscribe(frames.request)];
  const ticking = setInterval(() => {
    if (!isLinear && app.conversation.state.phase !== "idle") app.change({ tick: app.state.tick + 1 });
  }, TICK_MS);
  const endAttention = followAttention({
    view: app,
    conversation: app.conversation,
    features: terminalFeatures(isLinear ? {} : options.env),
    setting: options.settings.current.notifications,
    cwd: options.cwd,
    write: (text) => stdout.write(text),
  });
  stdout.on("resize", redraw);
  process.on("SIGTERM", leave);
  process.on("SIGHUP", leave);
  try {
    frames.request();
    input.open();
    // The user can also leave during a slow start.
    return await Promise.race([app.ended, app.start().then(() => app.ended)]);
  } finally {
    clearInterval(ticking);
    handler.close();
    stdout.off("resize", redraw);
    process.off("SIGTERM", leave);
    process.off("SIGHUP", leave);
    await app.close();
    endAttention();
    for (const end of unfollow) end();
    frames.cancel();
    view.end();
    input.close();
    restoreConsole();
    modes.leave();
    const { state } = app.conversation;
    stdout.write(isLinear ? resumeAdvice(state) : farewell(app.state, state, app.rowsOf()));
  }
}

/** The app on a terminal. */
interface TerminalView {
  draw(): void;
  /** Forgets what is on the terminal, so that the next frame is written whole. */
  forget(): void;
  end(): void;
}

function screenView(app: App, stdout: NodeJS.WriteStream): TerminalView {
  const writer = new FrameWriter((text) => stdout.write(text));
  return {
    draw: () => writer.show(appFrame(app.state, app.conversation.state, app.rowsOf(), Date.now())),
    forget: () => writer.forget(),
    end: () => undefined,
  };
}

function linearView(app: App, stdout: NodeJS.WriteStream): TerminalView {
  const view = new LinearView(app, (text) => stdout.write(text));
  return { draw: () => view.draw(), forget: () => view.leave(), end: () => view.leave() };
}

/** Copies to the clipboard of the user's terminal (xterm's OSC 52). */
function clipboardSequence(text: string): string {
  return `\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`;
}

function screenSize({ columns = 80, rows = 24 }: NodeJS.WriteStream): {
  readonly width: number;
  readonly height: number;
} {
  return { width: Math.max(1, columns), height: Math.max(1, rows) };
}
