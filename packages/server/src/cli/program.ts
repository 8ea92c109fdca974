import { Command, CommanderError } from 'commander';
import { DatabaseUnavailable, RecordUnavailable, UserError } from '../kernel/errors.ts';
import { version } from '../version.ts';
import { autonomyDoor } from '../wire-autonomy.ts';
import { batchDoor } from '../wire-batch-door.ts';
import { blastDoor } from '../wire-blast-door.ts';
import { alertsDoor, reviewsDoor } from '../wire-desk-doors.ts';
import {
  accessDoor,
  approvalsDoor,
  catalogDoor,
  grantsDoor,
  limitsDoor,
  messagesDoor,
  qualityDoor,
  requestsDoor,
  stopsDoor,
} from '../wire-doors.ts';
import { credentialsDoor, scimDoor } from '../wire-people-doors.ts';
import { policyDesk, policyDoor } from '../wire-policy.ts';
import { provision } from '../wire-provision.ts';
import { recordHouse, verifyFile } from '../wire-record.ts';
import { rehearsalsDoor } from '../wire-rehearsal.ts';
import { releasesDoor } from '../wire-releases-door.ts';
import { runsDoor } from '../wire-runs.ts';
import { governedSummary } from '../wire-settings.ts';
import { signInDoor } from '../wire-sign-in.ts';
import { stdioDoor } from '../wire-stdio.ts';
import { orders, orFile, stopFilesDoor } from '../wire-stop-files.ts';
import { undosDoor } from '../wire-undo-door.ts';
import { alertsCommands } from './alerts.ts';
import { approvalsCommands } from './approvals.ts';
import { autonomyCommands } from './autonomy.ts';
import { batchCommands } from './batch.ts';
import { blastCommand } from './blast.ts';
import { catalogCommands } from './catalog.ts';
import { connectCommand } from './connect.ts';
import { connectorCommands } from './connector.ts';
import type { Terminal } from './credential.ts';
import { credentialsCommands } from './credentials.ts';
import { demoCommand } from './demo.ts';
import { enrollCommand } from './enroll.ts';
import { firstCommands } from './first-commands.ts';
import { configOf, policyEnvironment } from './globals.ts';
import { grantsCommands } from './grants.ts';
import { hookCommand } from './hook.ts';
import { limitsCommands } from './limits.ts';
import { loginCommand } from './login.ts';
import { logoutCommand } from './logout.ts';
import { messagesCommands } from './messages.ts';
import { policyCommands } from './policy.ts';
import { qualityCommands } from './quality.ts';
import { recordCommands } from './record.ts';
import { rehearseCommand } from './rehearse.ts';
import { releaseCommand } from './release.ts';
import { releasesCommands } from './releases.ts';
import { requestsCommands } from './requests.ts';
import { reviewsCommands } from './reviews.ts';
import { runsCommands } from './runs.ts';
import { scimCommands } from './scim.ts';
import { settingsCommands } from './settings.ts';
import { stdioCommand } from './stdio.ts';
import { stopCommand } from './stop.ts';
import { stopFilesCommands } from './stop-files.ts';
import { stopKeyCommands } from './stop-key.ts';
import { stopSignCommand } from './stop-sign.ts';
import { tokensCommands } from './tokens.ts';
import { undoCommands } from './undo.ts';
import { whoamiCommand } from './whoami.ts';

const help = `
Exit codes: 0 done; 1 a problem was found; 2 the command or a file is wrong; 3 the record or database is not available.

Examples:
  $ trapkey scan
  $ trapkey wrap .mcp.json
  $ trapkey up --policy ./policy
  $ trapkey connect sales
  $ trapkey approvals list
  $ trapkey stop everything --reason "odd mails since 14:00"
  $ trapkey record list 'verdict:deny since:24h'`;

/** Every command, in the order in which help lists them. */
export function program(terminal: Terminal): Command {
  const root = new Command('trapkey')
    .description('Governs what AI agents may do: decides every tool call before it happens.')
    .version(version, '--version')
    .option('--data <folder>', 'where the embedded store and the keys are (TRAPKEY_DATA)')
    .option('--database <url>', 'a postgres:// URL in place of the embedded store (TRAPKEY_DATABASE)')
    .option('--policy <folder>', 'the policy files (TRAPKEY_POLICY)')
    .option('--host <host>', 'where to listen; loopback unless told otherwise (TRAPKEY_HOST)')
    .option('--port <port>', 'port to listen on, 0 for any free one (TRAPKEY_PORT)')
    .option('--public-url <url>', 'how clients reach the gateway, where that is not its own address (TRAPKEY_PUBLIC_URL)')
    .addHelpText('after', help)
    .showHelpAfterError('(trapkey --help shows what there is)')
    .configureOutput({ writeOut: (text) => terminal.stdout.write(text), writeErr: (text) => terminal.stderr.write(text) })
    .exitOverride();
  const config = (globals: Readonly<Record<string, unknown>>) => configOf(globals, terminal.env);
  const policed = (globals: Readonly<Record<string, unknown>>) =>
    [config(globals), policyEnvironment(config(globals), terminal.env)] as const;
  firstCommands(root, policed, terminal);
  demoCommand(root, terminal);
  blastCommand(root, (globals) => blastDoor(...policed(globals)), terminal);
  connectCommand(root, (globals) => accessDoor(...policed(globals)), terminal);
  tokensCommands(root, (globals) => accessDoor(...policed(globals)), terminal);
  const signIn = (globals: Readonly<Record<string, unknown>>) => signInDoor(...policed(globals));
  loginCommand(root, signIn, terminal);
  logoutCommand(root, signIn, terminal);
  whoamiCommand(root, signIn, terminal);
  credentialsCommands(root, (globals) => credentialsDoor(...policed(globals)), terminal);
  scimCommands(root, (globals) => scimDoor(config(globals)), terminal);
  enrollCommand(root, (globals) => accessDoor(...policed(globals)), terminal);
  approvalsCommands(root, (globals) => approvalsDoor(...policed(globals)), terminal);
  changeCommands(root, policed, terminal);
  grantsCommands(root, (globals) => grantsDoor(...policed(globals)), terminal);
  requestsCommands(root, (globals) => requestsDoor(...policed(globals)), terminal);
  qualityCommands(root, (globals) => qualityDoor(...policed(globals)), terminal);
  reviewsCommands(root, (globals) => reviewsDoor(...policed(globals)), terminal);
  alertsCommands(root, (globals) => alertsDoor(...policed(globals)), terminal);
  messagesCommands(root, (globals) => messagesDoor(config(globals)), terminal);
  limitsCommands(root, (globals) => limitsDoor(...policed(globals)), terminal);
  stopCommand(root, (globals) => stopsDoor(...policed(globals)).catch(orFile), terminal);
  stopKeyCommands(root, (globals) => stopFilesDoor(config(globals)), orders.newPair, terminal);
  stopSignCommand(root, orders, terminal);
  stopFilesCommands(root, (globals) => stopFilesDoor(config(globals)), terminal);
  rehearseCommand(root, (globals) => rehearsalsDoor(config(globals)), terminal);
  releaseCommand(root, (globals) => stopsDoor(...policed(globals)), terminal);
  const folder = (globals: Readonly<Record<string, unknown>>) => config(globals).policyFolder;
  const desk = (globals: Readonly<Record<string, unknown>>) => policyDesk(policyEnvironment(config(globals), terminal.env));
  policyCommands(
    root,
    { folder, check: (path) => desk(root.opts()).check(path), schema: desk({}).schema },
    (globals) => policyDoor(...policed(globals)),
    terminal,
  );
  runsCommands(root, (globals) => runsDoor(config(globals)), terminal);
  recordCommands(root, { open: (globals) => recordHouse(...policed(globals)), verifyFile }, terminal);
  stdioCommand(root, (globals, plugin, connector) => stdioDoor(...policed(globals), plugin, connector), terminal);
  hookCommand(root, terminal);
  settingsCommands(root, (globals) => governedSummary(...policed(globals)), terminal);
  connectorCommands(root, (globals, asked) => provision(...policed(globals), asked), terminal);
  const catalog = catalogCommands(root, (globals) => catalogDoor(config(globals)), terminal);
  releasesCommands(catalog, (globals) => releasesDoor(...policed(globals)), terminal);
  return root;
}

/** What becomes of changes: how far workflows go alone, batches, and taking back. */
function changeCommands(
  root: Command,
  policed: (globals: Readonly<Record<string, unknown>>) => Readonly<Parameters<typeof undosDoor>>,
  terminal: Terminal,
): void {
  autonomyCommands(root, (globals) => autonomyDoor(...policed(globals)), terminal);
  batchCommands(root, (globals) => batchDoor(...policed(globals)), terminal);
  undoCommands(root, (globals) => undosDoor(...policed(globals)), terminal);
}

/** Runs one command line and gives the exit code. Mistakes are told in words; nothing ends in a stack trace. */
export async function run(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const terminal: Terminal = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env };
  try {
    // `trapkey` alone is what a newcomer types.
    await program(terminal).parseAsync(argv.length <= 2 ? [...argv, 'scan'] : [...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const json = argv.includes('--json');
    const says = error instanceof Error ? error.message : String(error);
    const next = error instanceof UserError ? error.next : undefined;
    if (json) terminal.stderr.write(`${JSON.stringify({ error: says, ...(next !== undefined && { next }) })}\n`);
    else terminal.stderr.write(`${says}\n${next === undefined ? '' : `${next}\n`}`);
    if (error instanceof RecordUnavailable || error instanceof DatabaseUnavailable) return 3;
    return error instanceof UserError ? 2 : 1;
  }
}
