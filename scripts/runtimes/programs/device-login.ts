// A sign-in by device code, and a request with the stored credentials. The suite enters the code that is printed.
import { Agent } from "axio";
import { CodexTransport, login } from "axio-transport-codex";
import { connection } from "./environment.ts";

const { baseUrl, issuer, model } = connection;
const { email } = await login({
  issuer,
  method: "device",
  onProgress: (step) => {
    if (step.type === "device-code") console.log(`code ${step.userCode}`);
  },
});
const transport = new CodexTransport({ baseUrl, issuer, model });
console.log(`${email}: ${(await new Agent({ transport }).run("say Signed in.")).text}`);
