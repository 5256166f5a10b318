import { Agent } from "axio";
import { CodexTransport } from "../../src/index.ts";

const { AXIO_BASE_URL: baseUrl = "", AXIO_TOKEN: accessToken = "" } = process.env;
const transport = new CodexTransport({ baseUrl, accessToken, model: "gpt-5.5", transport: "websocket" });
process.stdout.write((await new Agent({ transport }).run("say Hi")).text);
