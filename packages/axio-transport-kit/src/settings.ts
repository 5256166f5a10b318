import { AxioError, type GenerationSetting, type GenerationSettings } from "axio";
import { generationSettingsIn, pickGeneration } from "axio/internal";
import type { Call } from "./connection.ts";
import type { WireFormat } from "./wire-format.ts";

/** Says why a setting of a call is not sent: see {@link WireFormat.refuseSetting}. */
export type RefuseSetting = NonNullable<WireFormat["refuseSetting"]>;

/** Returns the settings of a call that are sent. */
export function sentSettings(call: Call, refuse: RefuseSetting): GenerationSettings {
  return pickGeneration(call, (name) => refuse(name, call) === undefined);
}

/** Returns an error for each setting of a call that is not sent. */
export function settingErrors(call: Call, refuse: RefuseSetting): readonly AxioError[] {
  return generationSettingsIn(call).flatMap((name) => {
    const reason = refuse(name, call);
    return reason === undefined ? [] : [settingError(name, reason)];
  });
}

function settingError(name: GenerationSetting, reason: string): AxioError {
  return new AxioError(
    "unsupported-parameter",
    `The setting ${JSON.stringify(name)} is not sent. ${reason} Omit it.`,
    { details: { parameter: name } },
  );
}
