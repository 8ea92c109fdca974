import type { Command } from 'commander';
import { UserError } from '../kernel/errors.ts';
import { type Enrolled, type PersonView, roles } from '../kernel/people.ts';
import { disposable, type OpenAccessDoor } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

interface EnrollOptions extends CredentialOptions {
  readonly role: readonly string[];
  readonly rotate?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
}

const help = `
Roles:
${Object.entries(roles)
  .map(([role, does]) => `  ${role.padEnd(15)}${does}`)
  .join('\n')}

Examples:
  $ trapkey enroll j.rivera@corp.example --role approver
  $ trapkey enroll --rotate j.rivera@corp.example      a new code; the old one ends
  $ trapkey enroll --list`;

/** `trapkey enroll <person>`: gives people a credential of their own. */
export function enrollCommand(program: Command, open: OpenAccessDoor, terminal: Terminal): void {
  const command = program
    .command('enroll')
    .description('give a person a credential of their own, with roles; by an administrator')
    .argument('[person]')
    .option(
      '--role <role>',
      'administrator or approver; may be repeated',
      (role: string, all: readonly string[]) => [...all, role],
      [] as readonly string[],
    )
    .option('--rotate', 'replace the code of somebody who is enrolled')
    .option('--list', 'who is enrolled')
    .option('--json', 'as JSON')
    .addHelpText('after', help);
  takesCredential(command).action(async (person: string | undefined, options: EnrollOptions, self: Command) => {
    if (person === undefined && !options.list)
      throw new UserError('Say who is to be enrolled.', '`trapkey enroll <person>`; `--list` shows who is.');
    if (options.rotate && options.role.length > 0)
      throw new UserError('`--rotate` gives a new code and leaves the roles; take one of the two.');
    await using door = disposable(await open(self.optsWithGlobals()));
    if (person === undefined || options.list) {
      const people = await door.people.list();
      terminal.stdout.write(options.json ? `${JSON.stringify(people, null, 2)}\n` : table(people));
      return;
    }
    const by = await prove(door.people, options, terminal);
    const enrolled = options.rotate ? await door.people.rotate(person, by) : await door.people.enroll(person, options.role, by);
    terminal.stdout.write(options.json ? `${JSON.stringify(enrolled, null, 2)}\n` : shown(enrolled));
  });
}

/** A code as it is shown, once. Also for the first `up`. */
export function shown({ person, code }: Enrolled): string {
  return `Code of ${person}: ${code}\nIt is shown this once. With it they approve calls, apply policy and connect clients, as their roles allow. Give it to nobody else.\n`;
}

function table(people: readonly PersonView[]): string {
  if (people.length === 0) return 'Nobody is enrolled. Run `trapkey up` once: it enrolls the first administrator.\n';
  return people
    .map(({ person, roles: held, enrolledBy }) => `${person}  ${held.join(', ') || 'no roles'}  enrolled by ${enrolledBy}\n`)
    .join('');
}
