import type {
  Provider,
  ProviderSignIn,
  Screen,
  ScreenInput,
  ScreenSize,
  SignInScreenOptions,
} from "axio/plugin";
import { createStyle, type Style } from "axio-cli/internal";
import { drawScreen } from "./draw-screen.ts";
import type { ScreenKey } from "./screen-state.ts";
import { SignInController } from "./sign-in-controller.ts";

/** The screen on which users sign in to a provider and manage their sign-ins. */
export class SignInScreen implements Screen {
  readonly #controller: SignInController;
  readonly #style: Style;

  constructor(provider: Provider, signIn: ProviderSignIn, options: SignInScreenOptions) {
    this.#controller = new SignInController(provider, signIn, options);
    this.#style = createStyle(options.style.color, options.style.unicode);
  }

  render({ width, height }: ScreenSize): readonly string[] {
    const canvas = { style: this.#style, width, height, now: Date.now() };
    return drawScreen(this.#controller.state, this.#controller.context, canvas);
  }

  handleInput(input: ScreenInput): void {
    const key = keyOf(input);
    if (key !== undefined) this.#controller.send({ type: "key", key });
  }

  subscribe(listener: () => void): () => void {
    return this.#controller.subscribe(listener);
  }

  close(): void {
    this.#controller.close();
  }
}

function keyOf(input: ScreenInput): ScreenKey | undefined {
  switch (input.type) {
    case "text":
    case "paste":
      return { type: "text", text: input.text };
    case "scroll":
      return undefined;
    case "key":
      if (input.ctrl) return input.name === "y" ? { type: "copy" } : undefined;
      if (input.alt) return undefined;
      switch (input.name) {
        case "up":
        case "down":
        case "enter":
        case "escape":
        case "backspace":
          return { type: input.name };
        case "delete":
          return { type: "backspace" };
        default:
          return undefined;
      }
  }
}
