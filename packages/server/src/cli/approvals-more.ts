import type { JsonObject } from '@trapkey/contract/json.ts';
import { type Command, InvalidArgumentError } from 'commander';
import type { Part } from '../kernel/approvals.ts';
import { parseDurationMs } from '../kernel/duration.ts';
import { UserError } from '../kernel/errors.ts';
import { parseIJson } from '../kernel/ijson.ts';
import { lookedAtBy, type OpenApprovalsDoor, onTicket, type TicketOptions } from './approvals-door.ts';
import { approvedText } from './approvals-words.ts';
import { changedArguments } from './arguments-file.ts';
import { prove, type Terminal, takesCredential } from './credential.ts';
import { minute } from './ticket-text.ts';

/** `trapkey approvals part|edit|ask|answer|extend|withdraw|break-glass`. */
export function moreApprovalsCommands(group: Command, open: OpenApprovalsDoor, terminal: Terminal): void {
  const parts = { open, terminal };
  changing(group, parts);
  talking(group, parts);
  lasting(group, parts);
}

interface Parts {
  readonly open: OpenApprovalsDoor;
  readonly terminal: Terminal;
}

function changing(group: Command, parts: Parts): void {
  const { terminal } = parts;
  const part = group
    .command('part <ticket>')
    .description('approve a smaller part: a list argument cut down')
    .requiredOption('--list <argument>', 'the argument that is a list; `a.b` for one inside another')
    .option('--first <count>', 'its first so many', wholeNumber)
    .option('--only <json>', 'exactly these members of it, as a JSON array')
    .option('--json', 'as JSON');
  takesCredential(part).action(
    onTicket(parts, async (door, id, options) => {
      const wanted = partOf(options);
      const { by } = await lookedAtBy(door, id, options, terminal);
      const ticket = await door.approvals.approvePart({ ticket: id, by, via: 'cli', part: wanted });
      return [ticket, approvedText(ticket, by.person, 'a smaller part of ')];
    }),
  );
  const edit = group
    .command('edit <ticket>')
    .description('change what would run; somebody else must approve it then')
    .option('--arguments <file>', 'the new arguments as a JSON file, `-` for standard input; without it your editor opens')
    .option('--json', 'as JSON');
  takesCredential(edit).action(
    onTicket(parts, async (door, id, options) => {
      const { by, ticket } = await lookedAtBy(door, id, options, terminal);
      const args = await changedArguments(options.arguments, ticket.payload.arguments, terminal);
      const edited = await door.approvals.edit({ ticket: id, by, via: 'cli', arguments: args });
      return [edited, `Changed ${id} as ${by.person}. ${edited.sentence}\nEarlier approvals ended; somebody else must approve it.\n`];
    }),
  );
}

function talking(group: Command, parts: Parts): void {
  const { terminal } = parts;
  const ask = group
    .command('ask <ticket> <question>')
    .description('ask the person a question; the agent never sees it')
    .option('--json', 'as JSON');
  const answer = group
    .command('answer <ticket> <answer>')
    .description('answer a question on what you asked for')
    .option('--json', 'as JSON');
  const note = (kind: 'ask' | 'answer') => async (id: string, text: string, options: TicketOptions, self: Command) =>
    await onTicket(parts, async (door, ticket) => {
      const by = await prove(door.people, options, terminal, 'session');
      const written = await door.approvals[kind]({ ticket, by, via: 'cli', text });
      return [written, `${kind === 'ask' ? 'Asked' : 'Answered'} on ${ticket} as ${by.person}.\n`];
    })(id, options, self);
  takesCredential(ask).action(note('ask'));
  takesCredential(answer).action(note('answer'));
}

function lasting(group: Command, parts: Parts): void {
  const { terminal } = parts;
  const extend = group.command('extend <ticket>').description('give it more time').option('--json', 'as JSON');
  takesCredential(extend.requiredOption('--by <duration>', 'how much longer: 30m, 2h, 1d')).action(
    onTicket(parts, async (door, ticket, options) => {
      const byMs = parseDurationMs(options.by ?? '');
      if (byMs === undefined) throw new UserError(`\`${options.by}\` is no duration. Nothing was changed.`, 'Write how long: 30m, 2h, 1d.');
      const by = await prove(door.people, options, terminal, 'session');
      const extended = await door.approvals.extend({ ticket, by, via: 'cli', byMs });
      return [extended, `Ticket ${ticket} now waits until ${minute(extended.expiresAtMs)}.\n`];
    }),
  );
  const withdraw = group.command('withdraw <ticket>').description('take back what you asked for').option('--json', 'as JSON');
  takesCredential(withdraw.option('--reason <reason>', 'why; kept in the record')).action(
    onTicket(parts, async (door, ticket, options) => {
      const by = await prove(door.people, options, terminal, 'session');
      const gone = await door.approvals.withdraw({
        ticket,
        by,
        via: 'cli',
        ...(options.reason !== undefined && { reason: options.reason }),
      });
      return [gone, `Withdrew ${ticket} as ${by.person}.\n`];
    }),
  );
  const glass = group
    .command('break-glass <ticket>')
    .description('let it run alone, in an emergency: loud, for fifteen minutes, reviewed after')
    .option('--json', 'as JSON');
  takesCredential(glass.requiredOption('--reason <reason>', 'why it cannot wait; kept in the record')).action(
    onTicket(parts, async (door, id, options) => {
      const { by } = await lookedAtBy(door, id, options, terminal);
      const ticket = await door.approvals.breakGlass({ ticket: id, by, via: 'cli', reason: options.reason ?? '' });
      return [ticket, `You broke the glass for ${id}: it may run until ${minute(ticket.expiresAtMs)}. Everybody who was asked is told.\n`];
    }),
  );
}

function partOf(options: TicketOptions): Part {
  const argument = options.list ?? '';
  if ((options.first === undefined) === (options.only === undefined))
    throw new UserError('Say which part: --first <count> or --only <json>, and not both. Nothing was changed.');
  if (options.first !== undefined) return { argument, first: options.first };
  const parsed = parseIJson(options.only ?? '');
  if (parsed.ok && Array.isArray(parsed.value)) return { argument, only: parsed.value as readonly JsonObject[] };
  throw new UserError(
    `--only takes a JSON array: ${parsed.ok ? 'that is none' : parsed.says}. Nothing was changed.`,
    'Like --only \'["a@x.example"]\'.',
  );
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Write a whole number.');
}
