export { createSettingsScreen } from "./settings-screen.tsx";
