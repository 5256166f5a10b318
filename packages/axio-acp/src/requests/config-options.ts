import type {
  SessionConfigOption,
  SessionConfigSelectGroup,
  SessionModeState,
} from "@agentclientprotocol/sdk";
import type { ModelSpec } from "axio";
import { type ModelChoice, modeTitle, PERMISSION_MODES, type PermissionMode } from "axio-tui/internal";
import { invalidParams } from "./request-error.ts";

/** The choices of a session, and what can be chosen. */
export interface SessionChoices {
  readonly mode: PermissionMode;
  readonly provider: string;
  readonly profile?: string | undefined;
  readonly model: ModelSpec;
  readonly effort?: string | undefined;
  /** The models that can be chosen, by provider. */
  readonly models: readonly ModelChoice[];
}

/** A choice of the user. */
export type ConfigChoice =
  | { readonly type: "mode"; readonly mode: PermissionMode }
  | { readonly type: "model"; readonly choice: ModelChoice }
  | { readonly type: "effort"; readonly effort: string };

const MODE_DESCRIPTIONS: { readonly [mode in PermissionMode]: string } = {
  ask: "Whatever no permission rule allows is asked",
  "accept-edits": "Changes of files in the folder are allowed without a question",
  plan: "Nothing is changed and nothing is run",
};

/** The permission modes. */
export function modeState(currentModeId: PermissionMode): SessionModeState {
  return {
    currentModeId,
    availableModes: PERMISSION_MODES.map((id) => ({
      id,
      name: modeName(id),
      description: MODE_DESCRIPTIONS[id],
    })),
  };
}

/** The options that an editor shows as pickers: mode, model, reasoning effort. */
export function configOptions(choices: SessionChoices): SessionConfigOption[] {
  const { mode, model, effort } = choices;
  const { efforts = [] } = model;
  return [
    {
      type: "select",
      id: "mode",
      name: "Mode",
      category: "mode",
      currentValue: mode,
      options: PERMISSION_MODES.map((value) => ({
        value,
        name: modeName(value),
        description: MODE_DESCRIPTIONS[value],
      })),
    },
    {
      type: "select",
      id: "model",
      name: "Model",
      category: "model",
      currentValue: modelValue(choices.provider, choices.profile, model.id),
      options: modelGroups(choices),
    },
    ...(efforts.length === 0
      ? []
      : [
          {
            type: "select" as const,
            id: "effort",
            name: "Reasoning effort",
            category: "thought_level",
            currentValue: effort ?? efforts[0] ?? "",
            options: efforts.map((value) => ({ value, name: value })),
          },
        ]),
  ];
}

/**
 * Reads a choice of the user.
 *
 * @throws RequestError -32602 with the possible values.
 */
export function readChoice(configId: string, value: string | boolean, choices: SessionChoices): ConfigChoice {
  switch (configId) {
    case "mode":
      return { type: "mode", mode: readMode(String(value)) };
    case "model": {
      const found = withCurrent(choices).find(
        ({ provider, profile, model }) => modelValue(provider, profile, model?.id ?? "") === value,
      );
      if (found !== undefined) return { type: "model", choice: found };
      throw invalidParams(`There is no model ${JSON.stringify(value)}. Choose one of the listed ones.`);
    }
    case "effort": {
      const { efforts = [], id } = choices.model;
      if (efforts.includes(String(value))) return { type: "effort", effort: String(value) };
      throw invalidParams(
        `The model ${id} has no reasoning effort ${JSON.stringify(value)}. Choose one of: ${efforts.join(", ")}.`,
      );
    }
    default:
      throw invalidParams(
        `There is no option ${JSON.stringify(configId)}. Choose one of: mode, model, effort.`,
      );
  }
}

/** @throws RequestError -32602 with the possible modes. */
export function readMode(modeId: string): PermissionMode {
  const mode = PERMISSION_MODES.find((known) => known === modeId);
  if (mode !== undefined) return mode;
  throw invalidParams(
    `There is no mode ${JSON.stringify(modeId)}. Choose one of: ${PERMISSION_MODES.join(", ")}.`,
  );
}

function modeName(mode: PermissionMode): string {
  const title = modeTitle(mode);
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function modelGroups(choices: SessionChoices): SessionConfigSelectGroup[] {
  const groups = new Map<string, SessionConfigSelectGroup>();
  for (const { provider, profile, providerTitle, model } of withCurrent(choices)) {
    if (model === undefined) continue;
    const group = profile === undefined ? provider : `${provider}@${profile}`;
    const options = groups.get(group)?.options ?? [];
    const { id, displayName = id, description } = model;
    const value = modelValue(provider, profile, id);
    options.push({ value, name: displayName, ...(description !== undefined && { description }) });
    groups.set(group, { group, name: providerTitle, options });
  }
  return [...groups.values()];
}

/** The models, with the one in use although it is not listed: it may be newer than the list. */
function withCurrent({ models, provider, profile, model }: SessionChoices): readonly ModelChoice[] {
  const isListed = models.some(
    (choice) => choice.provider === provider && choice.profile === profile && choice.model?.id === model.id,
  );
  if (isListed) return models;
  const providerTitle = models.find((choice) => choice.provider === provider)?.providerTitle ?? provider;
  return [{ provider, profile, providerTitle, model, isCurrent: true }, ...models];
}

/** Identifies a model among those of all providers and profiles. */
function modelValue(provider: string, profile: string | undefined, id: string): string {
  return `${profile === undefined ? provider : `${provider}@${profile}`}/${id}`;
}
