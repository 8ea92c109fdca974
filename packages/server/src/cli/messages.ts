import { type Command, Option } from 'commander';
import type { Messages, MessageView } from '../kernel/messages.ts';
import type { People } from '../kernel/people.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about messages work with. */
export interface MessagesDoor {
  readonly messages: Messages;
  readonly people: People;
  close(): Promise<void>;
}

interface Options extends CredentialOptions {
  readonly state?: Parameters<Messages['list']>[0]['state'];
  readonly json?: boolean;
}

const help = `
Examples:
  $ trapkey messages list
  $ trapkey messages retry M-7F3Q9K2M4X7F3Q9K`;

/** `trapkey messages list|retry`. */
export function messagesCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<MessagesDoor>,
  terminal: Terminal,
): void {
  const group = program
    .command('messages')
    .description('what people were told, and what could not be delivered')
    .addHelpText('after', help);
  const retry = group.command('retry <message>').description('try one again at once that was not delivered').option('--json', 'as JSON');
  takesCredential(retry).action(async (id: string, options: Options, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    const message = id.trim().toUpperCase();
    await door.messages.retry({ message, by, via: 'cli' });
    terminal.stdout.write(options.json ? `${JSON.stringify({ message })}\n` : `${message} is tried again now.\n`);
  });
  group
    .command('list')
    .description('messages, newest first')
    .addOption(
      new Option('--state <state>', 'only these')
        .choices(['undelivered', 'waiting', 'given_up', 'delivered', 'all'])
        .default('undelivered'),
    )
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const messages = await door.messages.list({ state: options.state ?? 'undelivered' });
      const none = options.state === 'undelivered' ? 'Every message was delivered.\n' : 'No messages.\n';
      terminal.stdout.write(
        options.json ? `${JSON.stringify(messages, null, 2)}\n` : messages.length === 0 ? none : messages.map(text).join(''),
      );
    });
}

function text({ id, state, channel, event, ticket, about, attempts, nextAtMs, error }: MessageView): string {
  const next = nextAtMs === undefined ? '' : `, next try ${new Date(nextAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const why = error === undefined ? '' : `\n  ${error}`;
  return `${id}  ${state.replace('_', ' ')}  ${channel}  ${event} of ${ticket ?? about ?? '-'}; tried ${attempts === 1 ? 'once' : `${attempts} times`}${next}${why}\n`;
}
