import { isObject, type JsonObject } from "../json.ts";
import { platformRefusal, type Refusal } from "./refusal.ts";
import { membersOf, tooLong } from "./shape.ts";

/** The longest string, in UTF-16 code units. */
const MAX_LENGTH = 10_485_760;

/** The members with a limit of their own, in UTF-16 code units. */
const MAX_LENGTHS: Readonly<Record<string, number>> = {
  image_url: 20_971_520,
  audio_url: 20_971_520,
  file_data: 73_400_320,
  encrypted_content: 20_971_520,
  result: 73_400_320,
};

/** Every string must be well-formed UTF-16: a lone surrogate has no UTF-8. */
export function refuseInvalidUnicode(body: JsonObject): Refusal | undefined {
  return findString(body, "", (text) => (/\p{Surrogate}/u.test(text) ? unparsableBody() : undefined));
}

/** The refusal of a body that is not JSON in UTF-8. */
export function unparsableBody(): Refusal {
  return platformRefusal(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
    null,
    null,
  );
}

/** No string may be longer than its limit. */
export function refuseLongStrings(body: JsonObject): Refusal | undefined {
  return findString(body, "", (text, path, name) => {
    const max = MAX_LENGTHS[name] ?? MAX_LENGTH;
    return text.length > max ? tooLong(path, max, text.length) : undefined;
  });
}

type StringCheck = (text: string, path: string, name: string) => Refusal | undefined;

/** Checks every string of a value, the names of members included. */
function findString(value: unknown, path: string, check: StringCheck, name = ""): Refusal | undefined {
  if (typeof value === "string") return check(value, path, name);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const refusal = findString(value[index], `${path}[${index}]`, check, name);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  for (const [member, inner] of membersOf(value)) {
    const place = path === "" ? member : `${path}.${member}`;
    const refusal = check(member, place, "") ?? findString(inner, place, check, member);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
