// A sign-in by the documented route, whose ID token is verified, and a request with the stored credentials.
import { Agent } from "axio";
import { ChatGPTTransport, login } from "axio-transport-chatgpt";

const issuer = process.env["AXIO_TEST_CHATGPT_ISSUER"] ?? "";
const baseUrl = process.env["AXIO_TEST_CHATGPT_BASE_URL"] ?? "";
const { email } = await login({
  issuer,
  appName: "Runtime test",
  openBrowser: async (url) => {
    void fetch(url).then((page) => page.text());
    return true;
  },
});
const transport = new ChatGPTTransport({ baseUrl, issuer, model: "gpt-5.5" });
console.log(`${email}: ${(await new Agent({ transport }).run("say Signed in.")).text}`);
