#!/usr/bin/env node
import { runCommandLine, runProcess } from "axio-cli";
import { COMMAND } from "./command.ts";

await runProcess((argv, io) => runCommandLine(COMMAND, argv, io));
