import type { GuardPlugin } from "axio/plugin";

/** Requests permission for tool calls that contain one of the words in the settings. */
export const guard: GuardPlugin = {
  title: "Sensitive words",
  open: ({ settings, requestPermission }) => {
    const words = Array.isArray(settings["words"]) ? settings["words"].map(String) : [];
    return async ({ tool, input, signal }) => {
      const text = JSON.stringify(input);
      const word = words.find((candidate) => text.includes(candidate));
      if (word === undefined) return { action: "allow" };
      const permission = await requestPermission({
        title: `Call ${tool.name} with “${word}”`,
        detail: { type: "text", text },
        key: word,
        scopeDescription: `all calls with “${word}”`,
        signal,
      });
      return permission.allowed
        ? { action: "allow" }
        : { action: "deny", reason: permission.reason ?? "The user denied this call." };
    };
  },
};
