import { AxioError } from "axio";
import type { Output } from "axio-cli/internal";
import { createKey, type GatewayKey } from "../access/key.ts";
import type { KeyFile } from "../access/key-file.ts";
import { describeLimits, limitsOf } from "../limits/key-limits.ts";
import type { CreateKeyArguments } from "./create-program.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Creates a key and shows its secret, once.
 *
 * @throws AxioError `invalid-argument` if the name is taken.
 */
export async function createKeyCommand(
  { name, profile, model, expiresInDays, json, ...given }: CreateKeyArguments,
  file: KeyFile,
  out: Output,
): Promise<void> {
  const { key, secret } = createKey({
    name,
    profile,
    models: model.length === 0 ? undefined : model,
    expiresAt: expiresInDays === undefined ? undefined : Date.now() + expiresInDays * DAY_MS,
    limits: limitsOf(given),
  });
  await file.update((keys) => {
    if (keys.some((other) => other.name === name))
      throw new AxioError(
        "invalid-argument",
        `There is a key ${JSON.stringify(name)} already. Revoke it first, or choose another name.`,
      );
    return [...keys, key];
  });
  if (json === true) await out.json({ name, key: secret });
  else await out.line(`${secret}\n\nThis is the key ${JSON.stringify(name)}. It is not shown again.`);
}

/** Lists the keys without their secrets. */
export async function listKeysCommand(
  { json }: { readonly json?: true },
  file: KeyFile,
  out: Output,
): Promise<void> {
  const keys = (await file.read()).map(({ hash: _, ...key }) => key);
  if (json === true) return out.json({ keys });
  if (keys.length === 0) return out.line("There are no keys. `axio-gateway keys create NAME` creates one.");
  for (const key of keys) await out.line(describeKey(key));
}

/**
 * Deletes a key. A running gateway refuses it from its next request on.
 *
 * @throws AxioError `not-found` if no key has this name.
 */
export async function revokeKeyCommand(
  { name }: { readonly name: string },
  file: KeyFile,
  out: Output,
): Promise<void> {
  await file.update((keys) => {
    if (!keys.some((key) => key.name === name))
      throw new AxioError(
        "not-found",
        `There is no key ${JSON.stringify(name)}. \`axio-gateway keys list\` lists them.`,
      );
    return keys.filter((key) => key.name !== name);
  });
  await out.line(`The key ${JSON.stringify(name)} is revoked.`);
}

function describeKey({
  name,
  createdAt,
  expiresAt,
  profile,
  models,
  limits = {},
}: Omit<GatewayKey, "hash">): string {
  const date = (at: number): string => new Date(at).toISOString().slice(0, 10);
  return [
    name,
    `created ${date(createdAt)}`,
    ...(expiresAt === undefined ? [] : [`expires ${date(expiresAt)}`]),
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(models === undefined ? [] : [`models ${models.join(", ")}`]),
    ...describeLimits(limits),
  ].join("  ");
}
