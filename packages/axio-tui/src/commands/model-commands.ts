import type { ModelSpec } from "axio";
import { activeModel } from "../conversation/active-provider.ts";
import type { ModelChoice } from "../conversation/providers.ts";
import { makePicker, type PickerItem } from "../panels/picker.ts";
import { shortNumber } from "../status/status-line.ts";
import type { Command, CommandContext } from "./command.ts";
import { showModels } from "./show-models.ts";

export const modelCommand: Command = {
  name: "model",
  description: "Select the model, of any provider",
  argument: "[name]",
  async run(context, argument) {
    const { providers, conversation } = context;
    // Until the list or the new model is shown.
    context.hint("Loading the models…");
    await showModels(context);
    const choices = await providers.choices(conversation.active, (error) => conversation.showError(error));
    const named = choices.find(({ model }) => argument !== "" && model?.id === argument);
    if (named !== undefined) return choose(context, named);
    context.show({
      ...makePicker({
        title: "Model",
        empty: "No provider is installed.",
        items: choices.map((choice) => modelItem(context, choice)),
      }),
      ...(argument === "" ? {} : { filter: argument, index: 0 }),
    });
  },
};

export const effortCommand: Command = {
  name: "effort",
  description: "Select the reasoning effort",
  argument: "[level]",
  async run(context, argument) {
    const { conversation } = context;
    const { active } = conversation;
    const { efforts = [], defaultEffort } = active === undefined ? {} : activeModel(active);
    if (active === undefined || efforts.length === 0) {
      conversation.notify("info", "This model has no selectable reasoning effort.");
      return;
    }
    if (argument !== "" && !efforts.includes(argument)) {
      conversation.notify(
        "warning",
        `There is no effort ${JSON.stringify(argument)}. Choose one of: ${efforts.join(", ")}.`,
      );
      return;
    }
    const use = async (effort: string): Promise<void> => {
      await context.use({ ...active, effort });
      context.hint(`Effort: ${effort}`);
    };
    if (argument !== "") return use(argument);
    const current = conversation.state.effort;
    context.show(
      makePicker({
        title: "Reasoning effort",
        empty: "",
        items: efforts.map((effort) => ({
          label: effort,
          isCurrent: effort === current,
          detail: effort === defaultEffort ? "default" : undefined,
          choose: () => run(context, use(effort)),
        })),
      }),
    );
  },
};

function modelItem(context: CommandContext, choice: ModelChoice): PickerItem {
  const { model, providerTitle, provider, isCurrent } = choice;
  if (model === undefined) {
    return {
      label: `Sign in to ${providerTitle}`,
      group: providerTitle,
      choose: () => run(context, context.openSignIn(provider, "login")),
    };
  }
  return {
    label: model.displayName ?? model.id,
    detail: modelDetail(model),
    group: providerTitle,
    isCurrent,
    choose: () => run(context, choose(context, choice)),
  };
}

function modelDetail(model: ModelSpec): string {
  const details = [
    ...(model.displayName === undefined || model.displayName === model.id ? [] : [model.id]),
    ...(model.contextWindow === undefined ? [] : [`${shortNumber(model.contextWindow)} tokens`]),
    ...(model.capabilities.includes("vision") ? ["images"] : []),
    ...(model.description === undefined ? [] : [model.description]),
  ];
  return details.join(", ");
}

async function choose(context: CommandContext, choice: ModelChoice): Promise<void> {
  const active = await context.providers.choose(choice, context.conversation.active);
  await context.use(active);
  const { id, displayName = id } = activeModel(active);
  context.hint(`Model: ${displayName}`);
}

/** Runs a choice, and shows its error. */
function run(context: CommandContext, work: Promise<void>): void {
  work.catch((error: unknown) => context.conversation.showError(error));
}
