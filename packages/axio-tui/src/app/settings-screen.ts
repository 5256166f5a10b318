import type { PluginHost, TransportSettingsPlugin } from "axio/plugin";

/** The screen of a transport, on which people sign in. It has the whole terminal and the keyboard. */
export interface SettingsScreen {
  readonly type: "screen";
  readonly plugin: TransportSettingsPlugin;
  readonly host: PluginHost;
  readonly profile?: string;
  readonly start: "overview" | "login";
  readonly onDone: (result: { readonly profile?: string; readonly changed: boolean }) => void;
}
