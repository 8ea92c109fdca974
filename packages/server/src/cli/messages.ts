import { type Command, Option } from 'commander';
import type { Messages, MessageView } from '../kernel/messages.ts';
import { disposable } from './connect.ts';
import type { Terminal } from './credential.ts';

/** What the commands about messages work with. */
export interface MessagesDoor {
  readonly messages: Messages;
  close(): Promise<void>;
}

interface Options {
  readonly state?: Parameters<Messages['list']>[0]['state'];
  readonly json?: boolean;
}

/** `trapkey messages list`. */
export function messagesCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<MessagesDoor>,
  terminal: Terminal,
): void {
  program
    .command('messages')
    .description('what people were told of tickets, and what could not be delivered')
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

function text({ id, state, channel, event, ticket, attempts, nextAtMs, error }: MessageView): string {
  const next = nextAtMs === undefined ? '' : `, next try ${new Date(nextAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const why = error === undefined ? '' : `\n  ${error}`;
  return `${id}  ${state.replace('_', ' ')}  ${channel}  ${event} of ${ticket ?? '-'}; tried ${attempts} times${next}${why}\n`;
}
