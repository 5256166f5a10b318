export { createSettingsScreen } from "./settings-screen.ts";
