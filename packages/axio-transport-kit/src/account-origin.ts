import { sha256 } from "#sha256";

/** Returns a function that identifies an account and a model. The id is a hash, since histories are shared. */
export function originOf(): (account: string, model: string) => string {
  // It is the same from call to call.
  let newest: { readonly account: string; readonly model: string; readonly origin: string } | undefined;
  return (account, model) => {
    if (newest?.account !== account || newest.model !== model) {
      newest = { account, model, origin: sha256(`${account}\n${model}`).slice(0, 16) };
    }
    return newest.origin;
  };
}
