/** A prompt that the page offers. The lines of its script say what the simulator answers: it is not a model. */
interface Suggestion {
  readonly title: string;
  readonly prompt: string;
  readonly script: string;
}

export const SUGGESTIONS: readonly Suggestion[] = [
  {
    title: "Compare the weather",
    prompt: "How is the weather in Lisbon and in Oslo?",
    script: `think Two cities: both can be asked for at the same time.
call get_weather {"city":"Lisbon"}
call get_weather {"city":"Oslo"}
then
say Here is what I found:\\n\\n• {{result 1}}\\n• {{result 2}}\\n\\nA light jacket is enough in both cities.`,
  },
  {
    title: "Write a report",
    prompt: "Write a report of 12 pages, and tell me about it.",
    script: `call write_report {"pages":12}
then
say The report is done: {{result 1}}.\\n\\nIts first part says how the year went. Its second part compares that with the plan. Its third part lists what the company learned from both, and what it will do differently next year.`,
  },
  {
    title: "Send an email",
    prompt: "Send Ada the date of the release.",
    script: `think The tool asks the user first.
call send_email {"to":"ada@example.com","text":"The release is on 14 December."}
then
say {{result 1}}.`,
  },
];
