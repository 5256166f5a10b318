import type { BearerCredentials } from "../credentials.ts";
import { chosenAccount } from "./accounts.ts";
import type { CommandContext } from "./command.ts";
import type { CliTransport, TransportCall } from "./program.ts";

/** Makes the transport that the options choose. */
export async function openTransport<C extends BearerCredentials>(
  context: CommandContext<C>,
  more: Omit<TransportCall<C>, "credentials" | "args">,
): Promise<CliTransport> {
  const { args, program } = context;
  const { store } = await chosenAccount(context);
  const makeTransport = await program.load.transport();
  return makeTransport({ ...more, credentials: store, args });
}
