#!/usr/bin/env node
import { runProcess } from "axio-cli";
import { readPackage } from "axio-tui/internal";
import { runMcpServer } from "./run-mcp-server.ts";

await runProcess(async (argv, io) => runMcpServer(argv, { ...io, ...(await readPackage(import.meta.url)) }));
