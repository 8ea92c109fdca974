import { type Command, Option } from 'commander';
import type { Acting, Approvals, ProvenPerson, TicketFilter } from '../kernel/approvals.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';
import { detailText, listText } from './ticket-text.ts';

/** What the commands about tickets work with; no server needs to run. */
export interface ApprovalsDoor {
  readonly approvals: Approvals;
  readonly people: People;
  /** Who the operating system says runs the command: good enough to be named as a reader, never to decide. */
  readonly claimed: Acting;
  close(): Promise<void>;
}

/** Opens it for one command; `globals` are the options of the program itself. */
export type OpenApprovalsDoor = (globals: Readonly<Record<string, unknown>>) => Promise<ApprovalsDoor>;

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly reason?: string;
  readonly state?: TicketFilter['state'];
  readonly person?: string;
}

const states = ['open', 'held', 'approved', 'executing', 'done', 'failed', 'unknown', 'refused', 'expired', 'withdrawn', 'all'] as const;

const help = `
Deciding needs your own code: having a shell on this machine is not enough, and nobody decides what they asked for.

Examples:
  $ trapkey approvals list
  $ trapkey approvals show TK-7F3Q9K2M4X
  $ trapkey approvals approve TK-7F3Q9K2M4X --as m.osei@corp.example
  $ trapkey approvals refuse TK-7F3Q9K2M4X --reason "not before the audit"`;

/** `trapkey approvals list|show|approve|refuse|run`. */
export function approvalsCommands(program: Command, open: OpenApprovalsDoor, terminal: Terminal): void {
  const group = program.command('approvals').description('held calls: look at them, approve or refuse them').addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);

  group
    .command('list')
    .description('tickets, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(states).default('open'))
    .option('--person <person>', 'only what this person asked for')
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const person = options.person === undefined ? {} : { person: options.person.toLowerCase() };
      const tickets = await door.approvals.list({ state: options.state ?? 'open', ...person });
      say(options, tickets, listText(tickets));
    });

  group
    .command('show <ticket>')
    .description('one ticket with exactly what would be sent; that you read it is recorded')
    .option('--json', 'as JSON')
    .action(async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const ticket = await door.approvals.show(ticketId(id), door.claimed);
      say(options, ticket, detailText(ticket));
    });

  takesCredential(group.command('approve <ticket>').description('let exactly this call run, once').option('--json', 'as JSON')).action(
    async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await lookedAtBy(door, id, options, terminal);
      const ticket = await door.approvals.approve({ ticket: ticketId(id), by, via: 'cli' });
      const left = ticket.needs - ticket.approvals.length;
      const more = left > 0 ? `${left} more needed before it may run` : 'it runs when the agent makes the same call again';
      say(options, ticket, `Approved ${ticket.id} as ${by.person}; ${more}.\n`);
    },
  );

  const refuse = group.command('refuse <ticket>').description('end it; the agent is told the reason').option('--json', 'as JSON');
  takesCredential(refuse.requiredOption('--reason <reason>', 'why; the agent and its person read it')).action(
    async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await lookedAtBy(door, id, options, terminal);
      const ticket = await door.approvals.refuse({ ticket: ticketId(id), by, via: 'cli', reason: options.reason ?? '' });
      say(options, ticket, `Refused ${ticket.id} as ${by.person}. The same call gets this answer for the rest of its run.\n`);
    },
  );
  runCommand(group, open, terminal);
}

/** Lets what was approved run without its agent. */
function runCommand(group: Command, open: OpenApprovalsDoor, terminal: Terminal): void {
  const run = group.command('run <ticket>').description('let an approved call run now, without its agent').option('--json', 'as JSON');
  takesCredential(run).action(async (id: string, options: Options, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal, 'session');
    const ticket = await door.approvals.run({ ticket: ticketId(id), by, via: 'cli' });
    const words = `Ticket ${ticket.id} runs once, as soon as a gateway that serves sees it; its agent picks up the result.\n`;
    terminal.stdout.write(options.json ? `${JSON.stringify(ticket, null, 2)}\n` : words);
  });
}

/** Shows what is decided before the code is asked for: nobody proves themselves for something they could not see. */
async function lookedAtBy(door: ApprovalsDoor, id: string, options: Options, terminal: Terminal): Promise<ProvenPerson> {
  const ticket = await door.approvals.show(ticketId(id), door.claimed);
  terminal.stderr.write(detailText(ticket));
  if (ticket.state !== 'held') {
    throw new UserError(
      `Ticket ${ticket.id} is ${ticket.state} and cannot be decided again. Nothing was changed.`,
      'See the open ones with `trapkey approvals list`.',
    );
  }
  // Where the tier is high, or nobody knows it, having signed in is not enough.
  return await prove(door.people, options, terminal, ticket.tier === 'low' || ticket.tier === 'medium' ? 'session' : 'code');
}

function ticketId(typed: string): string {
  const id = typed.trim().toUpperCase();
  if (/^TK-[0-9A-Z]{10}$/.test(id)) return id;
  throw new UserError(
    'That is not the id of a ticket.',
    'Ids look like TK-7F3Q9K2M4X; see them with `trapkey approvals list --state all`.',
  );
}
