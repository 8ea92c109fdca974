import type { JsonObject } from '@trapkey/contract/json.ts';

const charactersMax = 8_000;

/** What the agent is told when a person changed its call before approving it: what ran, as data. */
export function changedText(ran: JsonObject): string {
  const text = JSON.stringify(ran);
  const shown = text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}… (${text.length} characters in all)`;
  return `A person changed this call before approving it. It ran with these arguments, and not with those that were asked for: ${shown}`;
}
