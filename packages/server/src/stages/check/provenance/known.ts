import type { Moment, Subject } from '../../../kernel/facts.ts';
import type { Origins, ValueOrigin } from '../../../kernel/origins.ts';
import type { Sink } from './sinks.ts';

/** What is known of one value: where it may be taken from, or why it may not. */
export interface Judged {
  readonly ok: boolean;
  /** Where it came from, in words. */
  readonly because: string;
}

/** A shorter id stands in every text by chance. */
const traceableMin = 4;

/** Whether a value is positively known: from the prompt, the policy or a trusted answer that outsiders had no word in. */
export function judge(sink: Sink, origins: Origins, subject: Subject, moment: Moment): Judged {
  const found: ValueOrigin = origins.values[sink.text] ?? {};
  if (sink.kind === 'target' && sink.text.trim().length < traceableMin)
    return { ok: false, because: 'it is too short to tell where it came from' };
  const prompt = found.prompt !== undefined && moment.organization.prompts === 'claimed';
  // Whom the person spoke of, an outsider may want gone.
  if (prompt && sink.final && found.outsiders !== undefined)
    return { ok: false, because: `outsiders name it too, read through ${found.outsiders}` };
  if (prompt) return { ok: true, because: 'the person named it' };
  const listed = inPolicy(sink, subject, moment);
  if (listed !== undefined) return { ok: true, because: listed };
  if (found.outsiders !== undefined) return { ok: false, because: `it stands in what outsiders wrote, read through ${found.outsiders}` };
  if (found.trusted !== undefined) {
    if (origins.forgotten)
      return { ok: false, because: `it came from ${found.trusted}, but more was read from outsiders than is remembered` };
    return { ok: true, because: `it came from ${found.trusted}` };
  }
  if (sink.soft && !origins.forgotten) return { ok: true, because: 'no outsider named it' };
  return {
    ok: false,
    because:
      found.prompt === undefined ? 'nothing that was read or asked names it' : 'only a prompt names it, and prompts are not proved here',
  };
}

/** What the policy itself names: people of the directory, values of lists, hosts that are inside. */
function inPolicy({ kind, text }: Sink, subject: Subject, { policy, organization }: Moment): string | undefined {
  const value = text.trim().toLowerCase();
  if (value === subject.person.toLowerCase()) return 'it is the person';
  if (kind === 'recipient' && policy.directory.has(value)) return 'it stands in the directory';
  for (const [list, { values }] of policy.lists)
    if (list.startsWith('known_') && (values.has(text) || values.has(value))) return `it stands on the list ${list}`;
  if (kind === 'link' || kind === 'host') {
    const host = hostOf(value);
    if (host !== undefined && listed(host, organization.inside.hosts)) return 'its host is inside';
  }
  return undefined;
}

function hostOf(value: string): string | undefined {
  const written = /^[a-z][a-z0-9+.-]*:\/\//.test(value) ? value : `https://${value}`;
  return URL.canParse(written) ? new URL(written).hostname : undefined;
}

function listed(host: string, hosts: readonly string[]): boolean {
  return hosts.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry));
}
