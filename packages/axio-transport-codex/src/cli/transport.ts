import type { AxioError } from "axio";
import type { CodexTransportOptions } from "../options.ts";
import { CodexTransport } from "../transport.ts";
import { chosenAccount } from "./accounts.ts";
import type { CommandContext } from "./command.ts";

/** Makes the transport that the options choose. */
export async function openTransport(
  context: CommandContext,
  more: CodexTransportOptions & { readonly onWarning: (warning: AxioError) => void },
): Promise<CodexTransport> {
  const baseUrl = context.args.text("base-url");
  const issuer = context.args.text("issuer");
  return new CodexTransport({
    credentials: (await chosenAccount(context)).store,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(issuer === undefined ? {} : { issuer }),
    ...more,
  });
}
