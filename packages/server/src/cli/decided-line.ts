import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { createColors } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

/** One line for a person at the terminal, for entries that say what became of a call; undefined for the rest. */
export function decidedLine(given: EntryFields, colors: Colors): string | undefined {
  const entry = visible(given);
  const what = `${entry.plugin ?? ''} ${entry.connector ?? ''}.${entry.tool ?? entry.action ?? ''}`;
  const time = colors.dim(entry.timestamp.slice(11, 19));
  const who = colors.dim(entry.on_behalf_of ?? '');
  switch (entry.kind) {
    case 'decided': {
      if (entry.count !== undefined)
        return `${time} ${colors.red('refused')} ${entry.count} callers without a valid credential from ${entry.source ?? '?'}`;
      const ticket = entry.ticket === undefined ? '' : ` ${colors.bold(entry.ticket)}`;
      return `${time} ${verdict(entry, colors)} ${what} ${colors.dim(`${entry.code} · ${entry.rule}`)}${observed(entry)}${ticket} ${who}`;
    }
    case 'executed':
      if (entry.outcome === 'done') return undefined;
      return `${time} ${colors.yellow((entry.outcome ?? '').padEnd(7))} ${what} ${colors.dim(entry.detail ?? '')} ${who}`;
    case 'approved':
    case 'refused':
    case 'expired':
      return `${time} ${colors.cyan(entry.kind.padEnd(7))} ${entry.ticket ?? ''} ${colors.dim(entry.approval ?? '')}`;
    case 'admin':
      if (entry.action !== 'policy.propose') return undefined;
      return `${time} ${colors.yellow('policy ')} the folder changed; it waits for \`trapkey policy apply\` ${colors.dim(entry.detail ?? '')}`;
    default:
      return undefined;
  }
}

/** A name that a caller made up could move the cursor, or write a line that poses as one of these. */
function visible(entry: EntryFields): EntryFields {
  return JSON.parse(JSON.stringify(entry), (_, value: unknown) => (typeof value === 'string' ? visibleText(value) : value)) as EntryFields;
}

/** Text of others with nothing in it that a terminal would obey. */
export function visibleText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** What rules that only observe or warn would have said: nobody should take such a call for one that no rule minds. */
function observed({ would }: EntryFields): string {
  return (would ?? []).map(({ mode, verdict, code, rule }) => ` (${mode}: would ${verdict}, ${code} · ${rule})`).join('');
}

function verdict(entry: EntryFields, colors: Colors): string {
  switch (entry.verdict) {
    case 'allow':
      return colors.green(entry.code === 'observed' || entry.would ? 'observe' : 'allowed');
    case 'hold':
      return colors.yellow('held   ');
    case 'stage':
      return colors.yellow('staged ');
    default:
      return colors.red('refused');
  }
}
