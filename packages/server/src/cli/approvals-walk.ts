import { createInterface } from 'node:readline';
import type { ProvenPerson, TicketDetail, TicketSummary } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import { isFresh } from '../kernel/sessions.ts';
import type { ApprovalsDoor, TicketOptions } from './approvals-door.ts';
import { approvedText } from './approvals-words.ts';
import { prove, type Terminal } from './credential.ts';
import { detailText } from './ticket-text.ts';

const choices = '[a]pprove  [p]art  [r]efuse  [x] refuse and stop the run  [q]uestion  [s]kip  [e]nd';

/** Walks through what waits for this person, one at a time; nothing is decided without a key and, where it matters, a code. */
export async function walk(door: ApprovalsDoor, options: TicketOptions, terminal: Terminal): Promise<void> {
  const say = (words: string) => terminal.stdout.write(words);
  const who = await prove(door.people, options, terminal, 'session');
  let proven = who;
  let decided = 0;
  for (const { id } of (await door.approvals.list({ state: 'held' })).toSorted(byUrgency)) {
    const eligible = await door.approvals.eligible(id, who);
    if (!eligible.may) continue;
    const ticket = await door.approvals.show(id, { person: who.person, assurance: 'proved' });
    say(`\n${detailText(ticket)}`);
    const key = (await question(terminal, `${choices}: `)).toLowerCase().slice(0, 1);
    if (key === 'e') break;
    try {
      // What was proved a while ago proves nothing about a decision of the high tier.
      if ('apx'.includes(key) && key !== '' && ticket.tier === 'high' && !isFresh(proven, Date.now()))
        proven = await prove(door.people, { as: who.person }, terminal);
      const words = await decide(door, ticket, proven, key, terminal);
      if (words !== undefined) decided += 1;
      say(words ?? `Left ${id} as it is.\n`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(`${error.message}\n${error.next === undefined ? '' : `${error.next}\n`}`);
    }
  }
  say(decided === 0 ? 'Nothing was decided; nothing else waits for you.\n' : `${decided} decided.\n`);
}

/** High tiers first, then what runs out first. */
function byUrgency(a: TicketSummary, b: TicketSummary): number {
  const low = (ticket: TicketSummary) => (ticket.tier === 'low' || ticket.tier === 'medium' ? 1 : 0);
  return low(a) - low(b) || a.expiresAtMs - b.expiresAtMs;
}

async function decide(
  { approvals }: ApprovalsDoor,
  ticket: TicketDetail,
  by: ProvenPerson,
  key: string,
  terminal: Terminal,
): Promise<string | undefined> {
  const act = { ticket: ticket.id, by, via: 'cli' };
  switch (key) {
    case 'a':
      return approvedText(await approvals.approve(act), by.person);
    case 'p': {
      const argument = await question(terminal, 'Which argument is the list? ');
      const first = Number(await question(terminal, 'Its first how many? '));
      return approvedText(await approvals.approvePart({ ...act, part: { argument, first } }), by.person, 'a smaller part of ');
    }
    case 'r':
    case 'x': {
      const reason = await question(terminal, 'Why? The agent and its person read it: ');
      await approvals.refuse({ ...act, reason, stopRun: key === 'x' });
      return `Refused ${ticket.id}${key === 'x' ? ` and stopped run ${ticket.run}` : ''}.\n`;
    }
    case 'q':
      await approvals.ask({ ...act, text: await question(terminal, `What do you want to know from ${ticket.person}? `) });
      return `Asked on ${ticket.id}.\n`;
    default:
      return undefined;
  }
}

/** One line from the terminal; its end is an empty one, which decides nothing. */
async function question({ stdin, stderr }: Terminal, words: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    return await new Promise<string>((resolve) => {
      lines.question(words, (line) => resolve(line.trim()));
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
  }
}
