// A request that is long enough to be compressed.
import zlib from "node:zlib";
import { Agent } from "axio";
import { CodexTransport } from "axio-transport-codex";
import { connection } from "./environment.ts";

const system = "You are a helpful assistant. ".repeat(2_000);
const agent = new Agent({ system, transport: new CodexTransport(connection) });
console.log((await agent.run("say Read.")).text);
console.log(typeof Reflect.get(zlib, "zstdCompress"));
