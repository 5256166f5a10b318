/** @jsxRuntime automatic */
import { Box } from "ink";
import { createElement, type ReactNode } from "react";
import type { SettingsScreen } from "./settings-screen.ts";
import type { View } from "./view.ts";

/** The screen of a plugin, in the whole terminal. */
export function PluginScreen({
  screen,
  view,
}: {
  readonly screen: SettingsScreen;
  readonly view: View;
}): ReactNode {
  const { plugin, host, profile, start, onDone } = screen;
  const { width, height, look } = view;
  // The contract needs no React, so its component is typed loosely.
  const Screen = plugin.Screen as (properties: Parameters<typeof plugin.Screen>[0]) => ReactNode;
  return (
    <Box width={width} height={height} flexDirection="column" overflow="hidden">
      {createElement(Screen, {
        host,
        ...(profile === undefined ? {} : { profile }),
        start,
        onDone,
        width,
        height,
        color: look.color,
        unicode: look.unicode,
      })}
    </Box>
  );
}
