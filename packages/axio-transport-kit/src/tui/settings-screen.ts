import type { Screen, ScreenInput, SignInScreenOptions, TransportPlugin } from "axio/plugin";
import { createStyle } from "../cli/style.ts";
import type { BearerCredentials } from "../credentials.ts";
import type { SignInProvider } from "../plugin/provider.ts";
import { drawScreen } from "./draw-screen.ts";
import type { ScreenKey } from "./screen-state.ts";
import { SettingsController } from "./settings-controller.ts";

/** Returns the function that opens the screen on which users sign in to a provider and manage their sign-ins. */
export function createSettingsScreen<C extends BearerCredentials>(
  provider: SignInProvider<C>,
  plugin: TransportPlugin,
): (options: SignInScreenOptions) => Screen {
  return ({ host, profile, start, style: { color, unicode }, copy, onDone }) => {
    const controller = new SettingsController({
      provider,
      plugin,
      host,
      profile,
      start,
      onDone: ({ changed, profile: selected }) => onDone({ changed, profile: selected }),
      copy,
    });
    const style = createStyle(color, unicode);
    controller.open();
    return {
      render: ({ width, height }) =>
        drawScreen(controller.state, controller.facts, { style, width, height, now: Date.now() }),
      handleInput: (input) => {
        const key = toScreenKey(input);
        if (key !== undefined) controller.send({ type: "key", key });
      },
      subscribe: controller.subscribe,
      close: () => controller.close(),
    };
  };
}

function toScreenKey(input: ScreenInput): ScreenKey | undefined {
  if (input.type === "text" || input.type === "paste") return { type: "text", text: input.text };
  if (input.type === "scroll") return undefined;
  if (input.ctrl) return input.name === "y" ? { type: "copy" } : undefined;
  switch (input.name) {
    case "up":
    case "down":
    case "enter":
    case "escape":
    case "backspace":
      return { type: input.name };
    case "delete":
      return { type: "backspace" };
    default:
      return undefined;
  }
}
