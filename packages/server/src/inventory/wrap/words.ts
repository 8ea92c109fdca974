import type { JsonObject } from '@trapkey/contract/json.ts';
import { revealed } from '../../kernel/revealed.ts';
import { objectOf, stringOf, stringsOf } from '../readers/json.ts';
import { shownCommand, shownUrl } from '../readers/masked.ts';
import type { WrapPlan } from './plan.ts';

/** The change of each entry, in the manner of a diff; values of secrets are not shown. */
export function diffText(plan: WrapPlan, wrote: ReadonlyMap<string, JsonObject>): string {
  const lines = plan.entries.flatMap(({ entry, shown, server, says }) => {
    if (!server) return [`  ${shown}: stays as it is; it ${says}.`];
    const after = wrote.get(JSON.stringify(entry.path)) ?? {};
    return [
      `  ${shown}`,
      ...shownLines(entry.value).map((line) => `  - ${line}`),
      ...shownLines(after).map((line) => `  + ${line}`),
      ...server.upstream.warnings.map((warning) => `    note: ${warning}`),
    ];
  });
  return `${revealed(plan.file)}\n${lines.join('\n')}\n`;
}

function shownLines(entry: JsonObject): readonly string[] {
  const url = stringOf(entry['url']) ?? stringOf(entry['serverUrl']);
  const program = stringOf(entry['command']);
  const names = (key: string) => Object.keys(objectOf(entry[key]) ?? {}).map((name) => revealed(name.slice(0, 80)));
  return [
    ...(program === undefined ? [] : [`command: ${shownCommand([program, ...stringsOf(entry['args'])]).join(' ')}`]),
    ...(url === undefined ? [] : [`url: ${shownUrl(url)}`]),
    ...(names('env').length > 0 ? [`env: ${names('env').join(', ')}`] : []),
    ...(names('headers').length > 0 ? [`headers: ${names('headers').join(', ')}`] : []),
  ];
}
