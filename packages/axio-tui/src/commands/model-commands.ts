import type { ModelSpec } from "axio";
import type { ModelChoice } from "../app/transports.ts";
import { activeModel } from "../conversation/open-transport.ts";
import { makePicker, type PickerItem } from "../panels/picker.ts";
import { shortNumber } from "../status/status-line.ts";
import type { Command, CommandContext } from "./command.ts";

export const modelCommand: Command = {
  name: "model",
  description: "Choose the model, of any transport",
  argument: "[name]",
  async run(context, argument) {
    const { transports, conversation } = context;
    await refresh(context);
    const choices = await transports.choices(conversation.open, (error) => conversation.sayError(error));
    const named = choices.filter(
      ({ model }) => model !== undefined && argument !== "" && model.id === argument,
    );
    const [only] = named;
    if (only !== undefined) return choose(context, only);
    context.show({
      ...makePicker({
        title: "Model",
        empty: "No transport is installed.",
        items: choices.map((choice) => modelItem(context, choice)),
      }),
      ...(argument === "" ? {} : { filter: argument, index: 0 }),
    });
  },
};

export const effortCommand: Command = {
  name: "effort",
  description: "Choose how hard the model thinks",
  argument: "[level]",
  async run(context, argument) {
    const { conversation } = context;
    const { open } = conversation;
    const { efforts = [], defaultEffort } = open === undefined ? {} : activeModel(open);
    if (open === undefined || efforts.length === 0) {
      conversation.say("info", "This model has no efforts to choose from.");
      return;
    }
    if (argument !== "" && !efforts.includes(argument)) {
      conversation.say(
        "warning",
        `There is no effort ${JSON.stringify(argument)}. Choose one of: ${efforts.join(", ")}.`,
      );
      return;
    }
    const use = async (effort: string): Promise<void> => {
      await context.use({ ...open, effort });
      context.hint(`Effort: ${effort}`);
    };
    if (argument !== "") return use(argument);
    const current = conversation.state.effort;
    context.show(
      makePicker({
        title: "Effort",
        empty: "",
        items: efforts.map((effort) => ({
          label: effort,
          isCurrent: effort === current,
          ...(effort === defaultEffort ? { detail: "the model's own" } : {}),
          choose: () => run(context, use(effort)),
        })),
      }),
    );
  },
};

function modelItem(context: CommandContext, choice: ModelChoice): PickerItem {
  const { model, transportTitle, transport, isCurrent } = choice;
  if (model === undefined) {
    return {
      label: `Sign in to ${transportTitle}`,
      group: transportTitle,
      choose: () => run(context, context.openSettings(transport, "login")),
    };
  }
  return {
    label: model.displayName ?? model.id,
    detail: modelDetail(model),
    group: transportTitle,
    isCurrent,
    choose: () => run(context, choose(context, choice)),
  };
}

function modelDetail(model: ModelSpec): string {
  const facts = [
    ...(model.displayName === undefined || model.displayName === model.id ? [] : [model.id]),
    ...(model.contextWindow === undefined ? [] : [`${shortNumber(model.contextWindow)} tokens`]),
    ...(model.capabilities.includes("vision") ? ["pictures"] : []),
    ...(model.description === undefined ? [] : [model.description]),
  ];
  return facts.join(", ");
}

async function choose(context: CommandContext, choice: ModelChoice): Promise<void> {
  const open = await context.transports.choose(choice, context.conversation.open);
  await context.use(open);
  const { id, displayName = id } = activeModel(open);
  context.hint(`Model: ${displayName}`);
}

/** Asks for the models of the transport in use. If that fails, those that are known are offered. */
async function refresh({ conversation, transports, signal }: CommandContext): Promise<void> {
  const { open } = conversation;
  if (open === undefined) return;
  const refreshed = await transports.refreshModels(open, signal).catch(() => undefined);
  if (refreshed !== undefined && conversation.open === open) conversation.use(refreshed);
}

/** Lets a choice go its way; what goes wrong is shown. */
function run(context: CommandContext, work: Promise<void>): void {
  work.catch((error: unknown) => context.conversation.sayError(error));
}
