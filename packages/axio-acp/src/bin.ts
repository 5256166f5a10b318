#!/usr/bin/env node
import { runProcess } from "axio-cli";
import { readPackage } from "axio-tui/internal";
import { runAcp } from "./run-acp.ts";

await runProcess(async (argv, io) => runAcp(argv, { ...io, ...(await readPackage(import.meta.url)) }));
