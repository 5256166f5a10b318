export type { Permission, PermissionDetail, PermissionRequest, PluginHost } from "./host.ts";
export {
  CURSOR,
  type Screen,
  type ScreenInput,
  type ScreenSize,
  type ScreenStyle,
  type SignInScreenOptions,
  type SignInScreenPlugin,
} from "./screen.ts";
export type { GuardPlugin, OpenTools, SelectorPlugin, ToolsPlugin } from "./tool-plugins.ts";
export type {
  ClosableTransport,
  PlanUseState,
  ProfileCall,
  TransportAccount,
  TransportChoice,
  TransportPlugin,
  TransportProfile,
  TransportSettingsPlugin,
  TransportSettingsProperties,
} from "./transport-plugin.ts";
