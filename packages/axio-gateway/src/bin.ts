#!/usr/bin/env node
import { runProcess } from "axio-cli";
import { runGateway } from "./cli/main.ts";

await runProcess(runGateway);
