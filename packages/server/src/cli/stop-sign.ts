import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { UserError } from '../kernel/errors.ts';
import type { Terminal } from './credential.ts';
import { stopOf } from './stop-key.ts';

/** Signs orders; needs neither a data folder nor a gateway. */
export interface Orders {
  sign(
    privateKey: string,
    order: {
      readonly organization: string;
      readonly scope: string;
      readonly mode: 'freeze' | 'full';
      readonly reason: string;
      readonly issued_at: string;
    },
  ): Promise<string>;
  isScope(text: string): boolean;
}

interface Options {
  readonly key: string;
  readonly organization: string;
  readonly out?: string;
  readonly reason?: string;
  readonly mode?: 'freeze' | 'full';
  readonly json?: boolean;
}

const help = `
For when the database is down or out of reach: lay the file in the stop-files folder of each node (TRAPKEY_STOP_FILES, or
<data>/stop-files). It counts before the node's next dispatch and is written into the record when the database is back.
A file can only stop. Deleting it releases nothing; \`trapkey release\` does.

Examples:
  $ trapkey stop sign everything --key operator.pem --organization corp --reason "odd mails" --out 1.stop
  $ trapkey stop sign connector:crm-act --mode freeze --key operator.pem --organization corp --reason "month end" > 2.stop`;

/** `trapkey stop sign <what>`: an order as a file, signed with an operator's key. */
export function stopSignCommand(program: Command, orders: Orders, terminal: Terminal): void {
  stopOf(program)
    .command('sign')
    .description('write a signed stop file, for when the database is down; needs no gateway')
    .argument('<what>', 'as for `trapkey stop`')
    .requiredOption('--key <file>', 'the private half of a registered key, PEM')
    .requiredOption('--organization <id>', 'the `organization:` of the policy; a file counts nowhere else')
    .option('--reason <reason>', 'why; kept in the record')
    .addOption(new Option('--mode <mode>', 'full: nothing runs. freeze: reading goes on').choices(['full', 'freeze']))
    .option('--out <file>', 'write it there, whole or not at all, in place of standard output')
    .option('--json', 'say as JSON what was written; with --out')
    .addHelpText('after', help)
    .action(async (scope: string, _options: unknown, self: Command) => {
      const { key, organization, out, reason = '', mode = 'full', json } = self.optsWithGlobals<Options>();
      if (reason.trim() === '') throw new UserError('Say why. Nothing was signed.', 'Add `--reason "…"`; a few words do.');
      if (!orders.isScope(scope))
        throw new UserError(`\`${scope.slice(0, 80)}\` cannot be stopped. Nothing was signed.`, 'See `trapkey stop --help` for what can.');
      const issued_at = new Date().toISOString();
      const signed = await orders.sign(await readPrivate(key), {
        organization,
        scope: scope.trim(),
        mode,
        reason: reason
          .replaceAll(/\p{C}+/gu, ' ')
          .trim()
          .slice(0, 500),
        issued_at,
      });
      if (out === undefined) return void terminal.stdout.write(`${signed}\n`);
      // Named as work in progress until it is whole: a node may look at any moment.
      const aside = out.replace(/[^/]*$/, (name) => `.${name}.part`);
      await writeFile(aside, `${signed}\n`, { mode: 0o644 });
      await rename(aside, out);
      const words = `Signed: ${mode === 'full' ? 'stop' : 'freeze'} ${scope.trim()}, in ${out}. Lay it in the stop-files folder of each node.\n`;
      terminal.stdout.write(
        json ? `${JSON.stringify({ file: out, scope: scope.trim(), mode, organization, issued_at }, null, 2)}\n` : words,
      );
    });
}

async function readPrivate(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new UserError(`The key ${file} cannot be read. Nothing was signed.`);
  if ((found.mode & 0o077) !== 0)
    throw new UserError(`The key ${file} can be read by others than its owner. Nothing was signed.`, `Run \`chmod 600 ${file}\`.`);
  return await readFile(file, 'utf8');
}
