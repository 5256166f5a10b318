#!/usr/bin/env node
import { runProcess } from "axio-transport-kit/cli";
import { PROGRAM } from "./program.ts";

await runProcess(PROGRAM);
