import { AxioError, type Block, type Message } from "axio";

/** How many images are left out at a time, so that the cached prefix changes rarely. */
const STEP = 20;

/** A history with as many images as the model accepts. */
export interface LimitedImages {
  readonly messages: readonly Message[];
  /** How many images were left out. */
  readonly omitted: number;
}

/**
 * Replaces the oldest images with a note if there are more than the model accepts.
 *
 * @throws AxioError `unsupported-content` if the newest message alone has more.
 */
export function limitImages(messages: readonly Message[], max: number): LimitedImages {
  const counts = messages.map((message) => imagesIn(message.content));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= max) return { messages, omitted: 0 };
  const newest = counts.at(-1) ?? 0;
  if (newest > max && messages.at(-1)?.role === "user") {
    throw new AxioError(
      "unsupported-content",
      `The message has ${newest} images, and the model accepts ${max} in a request. Send fewer.`,
    );
  }
  const omitted = Math.min(total - newest, Math.ceil((total - max) / STEP) * STEP);
  const note = `[An image was left out here: the model accepts ${max} images in a request.]`;
  let left = omitted;
  const replace = <Kind extends Block>(block: Kind): Kind | (Block & { type: "text" }) => {
    if (block.type === "image" && left > 0) {
      left -= 1;
      return { type: "text", text: note };
    }
    if (block.type !== "tool-result" || typeof block.content === "string") return block;
    return { ...block, content: block.content.map(replace) };
  };
  return {
    messages: messages.map((message, index) =>
      left === 0 || counts[index] === 0 ? message : { ...message, content: message.content.map(replace) },
    ),
    omitted,
  };
}

function imagesIn(content: readonly Block[]): number {
  return content.reduce((sum, block) => {
    if (block.type === "image") return sum + 1;
    return block.type === "tool-result" && typeof block.content !== "string"
      ? sum + imagesIn(block.content)
      : sum;
  }, 0);
}
