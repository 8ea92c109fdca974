import { type Command, Option } from 'commander';
import type { People } from '../kernel/people.ts';
import type { Requests, RequestView } from '../kernel/requests.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about requests work with; no server needs to run. */
export interface RequestsDoor {
  readonly requests: Requests;
  readonly people: People;
  close(): Promise<void>;
}

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly state?: RequestView['state'] | 'all';
  readonly rule?: string;
  readonly call?: string;
  readonly because?: string;
  readonly reason?: string;
}

const help = `
Examples:
  $ trapkey requests open --rule connector/crm-act/read_only --because "re-tiering for Q3"
  $ trapkey requests list
  $ trapkey requests answer Q-7F3Q9K2M4X --reason "granted: applied as policy on Monday"`;

/** `trapkey requests list|open|answer`. */
export function requestsCommands(
  program: Command,
  open: (globals: Readonly<Record<string, unknown>>) => Promise<RequestsDoor>,
  terminal: Terminal,
): void {
  const group = program
    .command('requests')
    .description('wishes for access, which the owner of the rule answers')
    .addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('requests, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(['open', 'answered', 'all']).default('open'))
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const requests = await door.requests.list({ state: options.state ?? 'open' });
      say(options, requests, requests.length === 0 ? 'No requests.\n' : requests.map(text).join('\n'));
    });
  const opening = group
    .command('open')
    .description('ask the owner of a rule for access')
    .requiredOption('--rule <rule>', 'the rule that refused')
    .option('--call <call>', 'the call that it refused')
    .requiredOption('--because <reason>', 'what it is needed for')
    .option('--json', 'as JSON');
  takesCredential(opening).action(async (options: Options, self: Command) => {
    await using door = disposable(await open(self.optsWithGlobals()));
    const by = await prove(door.people, options, terminal);
    const { rule = '', call, because = '' } = options;
    const request = await door.requests.open({ by, rule, call, text: because, via: 'cli' });
    say(options, request, `Opened ${request.id}; ${request.owner} can answer it.\n`);
  });
  const answer = group.command('answer <request>').description('answer one; the person reads the reason').option('--json', 'as JSON');
  takesCredential(answer.requiredOption('--reason <reason>', 'what comes of it and why')).action(
    async (id: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal);
      const request = await door.requests.answer({ request: id.trim().toUpperCase(), by, answer: options.reason ?? '', via: 'cli' });
      say(options, request, `Answered ${request.id}. A change of policy is applied by itself: trapkey policy apply.\n`);
    },
  );
}

function text(request: RequestView): string {
  const answered = request.answer === undefined ? `owner ${request.owner}` : `${request.answeredBy}: ${JSON.stringify(request.answer)}`;
  const at = new Date(request.createdAtMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${request.id}  ${request.state}  ${at} UTC  ${request.person} asks about ${request.rule}
  ${JSON.stringify(request.text)}
  ${answered}
`;
}
