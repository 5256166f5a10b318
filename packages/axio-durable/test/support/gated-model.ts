import type { StreamRequest } from "axio";
import { type ScriptedAnswer, ScriptedTransport, textAnswer } from "axio/testing";

/** A model whose responses end when the gate opens. */
export function gatedModel(text: string): {
  transport: ScriptedTransport;
  open: () => void;
  waiting: () => number;
} {
  let [waiting, isOpen] = [0, false];
  const gates = new Set<() => void>();
  const answer: ScriptedAnswer = async function* (_request: StreamRequest) {
    const [first, ...rest] = textAnswer(text);
    if (first !== undefined) yield first;
    waiting += 1;
    if (!isOpen) await new Promise<void>((resolve) => gates.add(resolve));
    yield* rest;
  };
  const open = (): void => {
    isOpen = true;
    for (const gate of gates) gate();
  };
  return {
    transport: new ScriptedTransport(Array.from({ length: 500 }, () => answer)),
    open,
    waiting: () => waiting,
  };
}
