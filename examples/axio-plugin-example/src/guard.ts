import type { GuardPlugin } from "axio/plugin";

/** Asks the person before a tool is called with one of the words that the settings list. */
export const guard: GuardPlugin = {
  title: "Words to be asked about",
  open: ({ settings, requestPermission: ask }) => {
    const words = Array.isArray(settings["words"]) ? settings["words"].map(String) : [];
    return async ({ tool, input, signal }) => {
      const text = JSON.stringify(input);
      const word = words.find((candidate) => text.includes(candidate));
      if (word === undefined) return { action: "allow" };
      const answer = await ask({
        title: `Call ${tool.name} with “${word}”`,
        detail: { type: "text", text },
        key: word,
        scopeDescription: `all calls with “${word}”`,
        signal,
      });
      return answer.allowed
        ? { action: "allow" }
        : { action: "deny", reason: answer.reason ?? "The person does not allow it." };
    };
  },
};
