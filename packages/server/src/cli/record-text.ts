import type { Entry } from '@trapkey/contract/entry.ts';
import pc from 'picocolors';
import { counted } from '../kernel/counted.ts';
import type { Explanation, RecordReport } from '../kernel/record-house.ts';
import type { Terminal } from './credential.ts';

/** Colours, or none where the output is no terminal. */
export type Paint = ReturnType<typeof pc.createColors>;

/** Colours only on a terminal, and only where nobody asked for none. */
export function painted(terminal: Terminal): Paint {
  const stdout = terminal.stdout as { readonly isTTY?: boolean };
  return pc.createColors(stdout.isTTY === true && !terminal.env['NO_COLOR']);
}

/** What came from outside could move the cursor or hide a line; only its visible characters are shown. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}

/** One line an entry. */
export function entriesText(entries: readonly Entry[], paint: Paint): string {
  return entries.map((entry) => `${lineOf(entry, paint)}\n`).join('');
}

function lineOf(entry: Entry, paint: Paint): string {
  const what = whatOf(entry);
  const said = entry.kind === 'executed' ? entry.outcome : entry.verdict;
  const dim = (text: string | undefined) => text && paint.dim(plain(text));
  const would = entry.would?.map(({ mode, verdict, code }) => `${mode}: would ${verdict}, ${code}`).join('; ');
  const counted = entry.count === undefined ? undefined : `${entry.count} from ${entry.source ?? 'unknown'}`;
  const rest = [what, entry.code, counted, would && `(${would})`, entry.on_behalf_of, entry.plugin, entry.ticket].map(
    (text) => text && plain(text),
  );
  const parts = [
    String(entry.entry).padStart(7),
    dim(entry.timestamp),
    plain(entry.kind).padEnd(9),
    said && colour(plain(said), paint),
    ...rest,
    dim(entry.call),
  ];
  return parts.filter(Boolean).join('  ');
}

/** The tool of a call; of what an administrator did, that, and to what. */
function whatOf(entry: Entry): string | undefined {
  const tool = entry.connector === undefined ? undefined : `${entry.connector}.${entry.tool ?? entry.action ?? '?'}`;
  if (entry.kind !== 'admin') return tool ?? entry.action;
  const subject = entry.tool === undefined ? (entry.subject ?? entry.connector) : tool;
  return [entry.action, subject].filter((part) => part !== undefined).join(' ');
}

function colour(word: string, paint: Paint): string {
  if (word === 'allow' || word === 'done') return paint.green(word);
  return word === 'deny' || word === 'failed' ? paint.red(word) : paint.yellow(word);
}

/** Every field of an entry, in the auditors' order. */
export function entryText(entry: Entry, paint: Paint): string {
  return Object.entries(entry)
    .map(([field, value]) => `${paint.bold(field.padEnd(14))} ${plain(value)}\n`)
    .join('');
}

/** Why, what it was made from, and what would have stopped it. */
export function explanationText({ says, rule, policy, facts, would_stop }: Explanation, paint: Paint): string {
  const lines = [
    ...says.map(plain),
    '',
    `rule    ${plain(rule ?? 'none')}`,
    `policy  ${plain(policy ?? 'unknown')}`,
    ...Object.entries(facts).map(([fact, value]) => `${paint.dim(fact.padEnd(14))} ${plain(value)}`),
  ];
  if (would_stop === undefined) lines.push('', 'The policy of that time is not held, so what would have stopped it cannot be said.');
  else if (would_stop.length > 0)
    lines.push(
      '',
      'Any one of these would have stopped it:',
      ...would_stop.map(({ change, where }) => `  ${plain(change)}  ${paint.dim(`(${plain(where)})`)}`),
    );
  return `${lines.join('\n')}\n`;
}

/** The sentence, then where each problem is. */
export function reportText(report: RecordReport, paint: Paint): string {
  const { confirmed } = report;
  const head = report.ok ? paint.green(report.says) : paint.red(report.says);
  const lines = [
    head,
    `record ${plain(report.origin)}, ${counted(report.entries, 'entry', 'entries')}, under its own signature up to ${confirmed.signed_to}, root ${confirmed.root ?? 'unknown'}`,
    ...(report.key_from === 'export' ? ['The public key came from the export itself: give the one that you trust with --key.'] : []),
    ...(report.query === undefined
      ? []
      : [`Filtered by ${plain(report.query)}: ${counted(report.omitted, 'entry', 'entries')} shown by hash only.`]),
    ...(report.unresolved > 0 ? [`${report.unresolved} pseudonyms have no name: erased, or left out.`] : []),
    ...(confirmed.uncompared > 0 ? [`${confirmed.uncompared} signed heads could not be compared, since what they cover is damaged.`] : []),
    ...report.findings.map(
      ({ kind, line, says }) => `  ${paint.yellow(kind.padEnd(10))} ${line === undefined ? '' : `line ${line}: `}${plain(says)}`,
    ),
    ...(report.findings_count > report.findings.length ? [`  … and ${report.findings_count - report.findings.length} more`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
