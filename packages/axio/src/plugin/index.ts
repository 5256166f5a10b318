export type {
  Permission,
  PermissionDetail,
  PermissionRequest,
  PermissionSubject,
  PluginHost,
  RetryNotice,
} from "./host.ts";
export type { Provider, ProviderSetting, ProviderTransport } from "./provider.ts";

export {
  CURSOR,
  type Screen,
  type ScreenInput,
  type ScreenSize,
  type ScreenStyle,
  type SignInScreenOptions,
} from "./screen.ts";
export { readSettings, type SettingValues } from "./settings.ts";
export type {
  LoginCall,
  LogoutCall,
  LogoutResult,
  PlanUse,
  PlanUseState,
  Profile,
  ProfileSelection,
  ProviderAccount,
  ProviderSignIn,
  SignedInProfile,
  SignInStore,
} from "./sign-in.ts";
export type {
  LoginMethod,
  LoginProgress,
  SecretPrompt,
  SignInPrompts,
  TextPrompt,
} from "./sign-in-prompts.ts";
export type {
  GuardPlugin,
  OpenTools,
  SelectorPlugin,
  ToolServer,
  ToolServerSignIn,
  ToolsPlugin,
} from "./tool-plugins.ts";
