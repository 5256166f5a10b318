import { makePicker, type PickerItem } from "../panels/picker.ts";
import { modeTitle, PERMISSION_MODES } from "../permissions/mode.ts";
import { parseRule, RULE_ACTIONS } from "../permissions/rule.ts";
import { OWN_SCOPES, type ScopedRule } from "../settings/permission-rules.ts";
import { escapedText } from "../theme/escape-visible.ts";
import type { Command, CommandContext } from "./command.ts";

const USAGE =
  "/permissions allow shell: npm test *   (allow, ask or deny; then optionally session, folder or always)";
const SCOPE_TITLES = {
  session: "this session",
  folder: "this folder",
  always: "everywhere",
  project: "the folder's own settings",
};

export const permissionsCommand: Command = {
  name: "permissions",
  description: "Show and change permission rules, select the mode",
  argument: "[allow shell: ...]",
  isAlwaysReady: true,
  async run(context, argument) {
    if (argument === "") showRules(context);
    else await addRule(context, argument);
  },
};

function showRules(context: CommandContext): void {
  const { permissions } = context.options;
  const modes = PERMISSION_MODES.map(
    (mode): PickerItem => ({
      group: "Mode (Shift-Tab)",
      label: modeTitle(mode),
      isCurrent: permissions.mode === mode,
      choose: () => permissions.setMode(mode),
    }),
  );
  const rules = permissions.rules.list().map(
    (rule): PickerItem => ({
      group: "Rules (Enter removes one; a rule that denies wins)",
      label: `${rule.action}  ${escapedText(rule.text)}`,
      detail: SCOPE_TITLES[rule.scope],
      choose: () => confirmRemoval(context, rule),
    }),
  );
  const add: PickerItem = {
    group: "Add a rule",
    label: "Add a rule",
    detail: USAGE,
    choose: () => context.hint(USAGE),
  };
  context.show(makePicker({ title: "Permissions", empty: "", items: [...modes, ...rules, add] }));
}

function confirmRemoval(context: CommandContext, rule: ScopedRule): void {
  const { permissions } = context.options;
  if (rule.scope === "project") {
    context.hint("This rule comes from .axio/settings.json of this folder. Change it there.");
    return;
  }
  context.show(
    makePicker({
      title: `${rule.action} ${escapedText(rule.text)} (${SCOPE_TITLES[rule.scope]})`,
      empty: "",
      items: [
        { label: "Keep it", choose: () => showRules(context) },
        {
          label: "Remove it",
          choose: () => {
            permissions.rules.remove(rule).then(
              () => showRules(context),
              (error: unknown) => context.conversation.showError(error),
            );
          },
        },
      ],
    }),
  );
}

async function addRule(context: CommandContext, argument: string): Promise<void> {
  const { conversation, options } = context;
  const [, word = "", scopeWord, rest = ""] =
    /^(\w+)\s+(?:(session|folder|always)\s+)?([\s\S]*)$/.exec(argument) ?? [];
  const action = RULE_ACTIONS.find((known) => known === word);
  if (action === undefined) {
    conversation.notify("warning", `"${argument}" is not a change of the rules.`, `Write ${USAGE}`);
    return;
  }
  const parsed = parseRule(rest);
  if ("problem" in parsed) {
    conversation.notify("warning", `"${rest}" is not a rule: ${parsed.problem}.`, `Write ${USAGE}`);
    return;
  }
  const scope = OWN_SCOPES.find((known) => known === scopeWord) ?? "folder";
  const text = rest.trim();
  await options.permissions.addRules([{ scope, action, text }]);
  conversation.notify("info", `${action} ${text} (${SCOPE_TITLES[scope]})`, "/permissions shows all rules.");
}
