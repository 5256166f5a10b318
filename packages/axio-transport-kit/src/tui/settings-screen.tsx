/** @jsxRuntime automatic */
import type { TransportPlugin, TransportSettingsProperties } from "axio/plugin";
import { Box, type Key, Text, useInput, useStdout } from "ink";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { createStyle } from "../cli/style.ts";
import type { BearerCredentials } from "../credentials.ts";
import type { SignInProvider } from "../plugin/provider.ts";
import { drawScreen } from "./draw-screen.ts";
import type { ScreenKey } from "./screen-state.ts";
import { SettingsController } from "./settings-controller.ts";

/** Makes the screen on which people sign in to a provider and manage their sign-ins, as a component for Ink. */
export function createSettingsScreen<C extends BearerCredentials>(
  provider: SignInProvider<C>,
  plugin: TransportPlugin,
): (properties: TransportSettingsProperties) => ReactNode {
  return function SettingsScreen(properties) {
    const { host, profile, start = "overview", onDone, width, height, color, unicode } = properties;
    const { stdout } = useStdout();
    const [controller] = useState(
      () =>
        new SettingsController({
          provider,
          plugin,
          host,
          profile,
          start,
          onDone,
          // What a terminal takes for its clipboard (xterm's OSC 52).
          copy: (text) => void stdout.write(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`),
        }),
    );
    useEffect(() => {
      controller.open();
      return () => controller.close();
    }, [controller]);
    const state = useSyncExternalStore(controller.subscribe, () => controller.state);
    useInput((input, key) => {
      const meaning = meaningOf(input, key);
      if (meaning !== undefined) controller.send({ type: "key", key: meaning });
    });
    const canvas = { style: createStyle(color, unicode), width, height, now: Date.now() };
    return (
      <Box flexDirection="column">
        {drawScreen(state, controller.facts, canvas).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
          <Text key={index} wrap="truncate">
            {line === "" ? " " : line}
          </Text>
        ))}
      </Box>
    );
  };
}

function meaningOf(input: string, key: Key): ScreenKey | undefined {
  if (key.upArrow) return { type: "up" };
  if (key.downArrow) return { type: "down" };
  if (key.return) return { type: "enter" };
  if (key.escape) return { type: "escape" };
  if (key.backspace || key.delete) return { type: "backspace" };
  if (key.ctrl) return input === "y" ? { type: "copy" } : undefined;
  return input === "" || key.tab || key.meta ? undefined : { type: "text", text: input };
}
