import type { ToolShape } from '../../kernel/inventory.ts';
import { argumentsOf } from '../classify/schema.ts';
import { wordsOf } from '../classify/words.ts';
import { listed } from './yaml-words.ts';

/** What an argument is called that says whom or which: where an answer has a field of that name with one word in it, the system filled it. */
const typed =
  /^(recipients?|participants?|attendees?|members?|payee|beneficiary|iban|account|assignees?|shared with|channels?|users?)( (e ?mails?|ids?|numbers?|addresse?s?|names?))?$|^(e ?mail|id|ids|uuid)$|\b(ids?|uuid)$/;
/** Who wrote it is chosen by whoever writes. */
const chosenByWriter = /\b(sender|from|author|cc|bcc|reply|forwarded|title|subject|query)\b/;

/** Fields of a server's answers that its own tools take as arguments: `**.participants`, and the ids that everything has. */
export function typedFields(tools: readonly ToolShape[]): readonly string[] {
  const names = tools.flatMap((tool) => argumentsOf(tool.inputSchema).map(({ name }) => name.slice(name.lastIndexOf('.') + 1)));
  const fields = names.filter((name) => {
    const words = wordsOf(name).join(' ');
    return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && typed.test(words) && !chosenByWriter.test(words);
  });
  return [...new Set(['id', 'id_', ...fields])].toSorted().map((name) => `**.${name}`);
}

/** Until the owner says more: outsiders may write everything but the fields that a server's own tools take, one word each. */
export function outsidersLines(fields: readonly string[]): readonly string[] {
  return [
    "# Who writes what its answers hold; name the fields that carry outsiders' text, or `false` where there are none.",
    `outsiders_write: { except: ${listed(fields)} }`,
  ];
}

/** A tool that lists whom or what the system knows by name gives a bare list of its own words. */
export function outsidersRule({ name }: ToolShape, fields: readonly string[]): readonly string[] {
  const listing =
    /^(?:get|list|find|search|fetch)(?: all| my| available)?(?: (?:\w+ )?)?(?:users|channels|members|contacts|groups|people|teams|projects|repositories|labels)\b/;
  return listing.test(wordsOf(name).join(' ')) ? [`outsiders_write: { except: ${listed([...fields, 'result'])} }`] : [];
}
