export { CodexSettingsScreen, settings } from "./settings-screen.ts";
