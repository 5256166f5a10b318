import type { CompletionTransport, GenerationSetting, GenerationSettings, StreamRequest } from "axio";
import { badRequest } from "./members.ts";
import type { Unsupported } from "./unsupported.ts";

/** The members of a client's request that are settings of the response, by the name of the setting. */
export type SettingMembers = { readonly [Name in GenerationSetting]?: string };

/** The settings of a request, and the members that they come from. */
export interface ReadSettings {
  readonly settings: GenerationSettings;
  readonly settingMembers: SettingMembers;
}

/**
 * Reads the members of a request that are settings. `null` and an empty list set nothing.
 *
 * @param names The settings by the names of the members. If several members set the same one, the first counts.
 * @throws AxioError `invalid-request` for a value that is not a number, or for a `stop` that is not text.
 */
export function readSettings(
  body: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, GenerationSetting>>,
): ReadSettings {
  if (!hasAny(body, names)) return NO_SETTINGS;
  const settings: Record<string, number | readonly string[]> = {};
  const settingMembers: { [Name in GenerationSetting]?: string } = {};
  for (const member in names) {
    const [name, value] = [names[member], body[member]];
    if (name === undefined || isUnset(value) || settings[name] !== undefined) continue;
    settings[name] = name === "stop" ? readStop(value, member) : readNumber(value, member);
    settingMembers[name] = member;
  }
  return { settings, settingMembers };
}

const NO_SETTINGS: ReadSettings = { settings: {}, settingMembers: {} };

/** Most requests have far fewer members than there are names. */
function hasAny(body: object, names: object): boolean {
  for (const member in body) if (member in names) return true;
  return false;
}

/** Adds settings to a request. Without any, it is not copied, because V8 copies objects of the same form much faster. */
export function withSettings(request: StreamRequest, settings: GenerationSettings): StreamRequest {
  for (const _ in settings) return { ...request, ...settings };
  return request;
}

/** A request without the settings that a transport does not send. */
export interface FittedRequest {
  readonly request: StreamRequest;
  /** The members that have no effect. */
  readonly unsupported: readonly Unsupported[];
}

/**
 * Removes the settings of a request that a transport does not send, and lists them as the client named them.
 *
 * @param members Settings without a member here are not listed.
 */
export function fitSettings(
  transport: Pick<CompletionTransport, "unsupportedSettings">,
  request: StreamRequest,
  members: SettingMembers,
): FittedRequest {
  const errors = transport.unsupportedSettings?.(request) ?? [];
  if (errors.length === 0) return { request, unsupported: [] };
  const refused = Object.fromEntries(errors.map(({ details }) => [details.parameter ?? "", undefined]));
  return {
    request: { ...request, ...refused },
    unsupported: errors.flatMap(({ message, details }) => {
      const parameter = members[details.parameter as GenerationSetting];
      return parameter === undefined ? [] : [{ parameter, reason: message }];
    }),
  };
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function readNumber(value: unknown, member: string): number {
  if (Number.isFinite(value)) return value as number;
  throw badRequest(`Invalid "${member}": a number is expected.`, member);
}

function readStop(value: unknown, member: string): readonly string[] {
  const texts = typeof value === "string" ? [value] : value;
  if (Array.isArray(texts) && texts.every((text): text is string => typeof text === "string")) return texts;
  throw badRequest(`Invalid "${member}": a text or a list of texts is expected.`, member);
}
