import { type Command, Option } from 'commander';
import { lookedAtBy, type OpenApprovalsDoor, onTicket, type TicketOptions } from './approvals-door.ts';
import { moreApprovalsCommands } from './approvals-more.ts';
import { walk } from './approvals-walk.ts';
import { approvedText } from './approvals-words.ts';
import { disposable } from './connect.ts';
import { prove, type Terminal, takesCredential } from './credential.ts';
import { detailText, listText } from './ticket-text.ts';

const states = ['open', 'held', 'approved', 'executing', 'done', 'failed', 'unknown', 'refused', 'expired', 'withdrawn', 'all'] as const;

const help = `
Deciding needs your own code: having a shell on this machine is not enough, and nobody decides what they asked for.

Examples:
  $ trapkey approvals list
  $ trapkey approvals show TK-7F3Q9K2M4X
  $ trapkey approvals approve TK-7F3Q9K2M4X --as m.osei@corp.example
  $ trapkey approvals refuse TK-7F3Q9K2M4X --reason "not before the audit"
  $ trapkey approvals part TK-7F3Q9K2M4X --list to --first 50
  $ trapkey approvals`;

/** `trapkey approvals`, and what it does with one ticket. */
export function approvalsCommands(program: Command, open: OpenApprovalsDoor, terminal: Terminal): void {
  const group = program
    .command('approvals')
    .description('held calls: look at them, decide them; in a terminal, walk through what waits')
    .addHelpText('after', help)
    .action(async (_: TicketOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const person = terminal.env['TRAPKEY_PERSON'];
      if (terminal.stdin.isTTY === true) await walk(door, person === undefined ? {} : { as: person }, terminal);
      else terminal.stdout.write(listText(await door.approvals.list({ state: 'open' })));
    });
  looking(group, open, terminal);
  deciding(group, open, terminal);
  moreApprovalsCommands(group, open, terminal);
}

function looking(group: Command, open: OpenApprovalsDoor, terminal: Terminal): void {
  group
    .command('list')
    .description('tickets, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(states))
    .option('--person <person>', 'only what this person asked for')
    .option('--broke-glass', 'only those that somebody let run alone in an emergency, in any state')
    .option('--json', 'as JSON')
    .action(async (options: TicketOptions, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const person = options.person === undefined ? {} : { person: options.person.toLowerCase() };
      const state = options.state ?? (options.brokeGlass ? 'all' : 'open');
      const tickets = await door.approvals.list({ state, ...person, ...(options.brokeGlass && { brokeGlass: true }) });
      terminal.stdout.write(options.json ? `${JSON.stringify(tickets, null, 2)}\n` : listText(tickets));
    });
  group
    .command('show <ticket>')
    .description('one ticket with exactly what would be sent; that you read it is recorded')
    .option('--json', 'as JSON')
    .action(
      onTicket({ open, terminal }, async (door, id) => {
        const ticket = await door.approvals.show(id, door.claimed);
        return [ticket, detailText(ticket)];
      }),
    );
}

function deciding(group: Command, open: OpenApprovalsDoor, terminal: Terminal): void {
  const approve = group
    .command('approve <ticket>')
    .description('let exactly this call run, once')
    .option('--now', 'as soon as it is approved, without waiting for the agent to come back')
    .option('--json', 'as JSON');
  takesCredential(approve).action(
    onTicket({ open, terminal }, async (door, id, options) => {
      const { by } = await lookedAtBy(door, id, options, terminal);
      const ticket = await door.approvals.approve({ ticket: id, by, via: 'cli', ...(options.now && { runs: 'approval' }) });
      return [ticket, approvedText(ticket, by.person)];
    }),
  );
  const refuse = group
    .command('refuse <ticket>')
    .description('end it; the agent is told the reason')
    .option('--stop-run', 'and stop the run that it came from')
    .option('--json', 'as JSON');
  takesCredential(refuse.requiredOption('--reason <reason>', 'why; the agent and its person read it')).action(
    onTicket({ open, terminal }, async (door, id, options) => {
      const { by } = await lookedAtBy(door, id, options, terminal);
      const act = { ticket: id, by, via: 'cli', reason: options.reason ?? '', stopRun: options.stopRun ?? false };
      const ticket = await door.approvals.refuse(act);
      const then = options.stopRun ? `Run ${ticket.run} is stopped.` : 'The same call gets this answer for the rest of its run.';
      return [ticket, `Refused ${ticket.id} as ${by.person}. ${then}\n`];
    }),
  );
  const run = group.command('run <ticket>').description('let an approved call run now, without its agent').option('--json', 'as JSON');
  takesCredential(run).action(
    onTicket({ open, terminal }, async (door, id, options) => {
      const by = await prove(door.people, options, terminal, 'session');
      const ticket = await door.approvals.run({ ticket: id, by, via: 'cli' });
      return [ticket, `Ticket ${ticket.id} runs once, as soon as a gateway that serves sees it; its agent picks up the result.\n`];
    }),
  );
}
