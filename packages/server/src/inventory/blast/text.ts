import { usedLately, usedWithinMs } from '@trapkey/contract/api/blast.ts';
import {
  type BlastAction,
  type BlastChange,
  type BlastPlugin,
  type BlastReport,
  blastUnits,
  type SignOffNeed,
} from '../../kernel/blast.ts';
import { mostText, unitText } from './words.ts';

/** A report for people: for each plugin the sentence, what it is made of, what of it nobody used, and what would make it smaller. */
export function blastText({ plugins, max, counted_since_ms }: BlastReport, nowMs: number): string {
  if (plugins.length === 0) return 'The policy has no plugin.\n';
  const counted = counted_since_ms === undefined ? undefined : { sinceMs: counted_since_ms, nowMs };
  return `${plugins.map((plugin) => pluginText(plugin, max, counted)).join('\n\n')}\n`;
}

/** What a change does, and who must sign it. */
export function changesText(changes: readonly BlastChange[], signOff: SignOffNeed | undefined): string {
  const lines =
    changes.length === 0
      ? ['What can be altered without a person stays as it is.']
      : changes.map(({ says, grows }) => `${grows ? '+' : '-'} ${says}`);
  if (signOff) {
    const { approvers, needs } = signOff.rule;
    lines.push(`A change like this needs ${needs} of ${approvers.join(', ')} to sign it: ${signOff.why.join('; ')}.`);
  }
  return `${lines.join('\n')}\n`;
}

function pluginText(plugin: BlastPlugin, max: number | undefined, counted: Counted | undefined): string {
  const { action, run, day, actions, levers, paths } = plugin;
  const alone = actions.filter(({ unattended }) => unattended.length > 0);
  const held = actions.filter(({ unattended }) => unattended.length === 0);
  const rows = blastUnits.map(
    (unit) =>
      `  ${unit.padEnd(8)} one action ${mostText(action[unit])}, one run ${mostText(run[unit])}, everybody in one day ${mostText(day[unit])}`,
  );
  return [
    plugin.says,
    ...rows,
    ...(max === undefined ? [] : [`  ${plugin.over ? 'OVER' : 'within'} the max of ${mostText(max)} (organization, blast_radius)`]),
    ...alone.map(actionText),
    ...(held.length > 0 ? [`  held or refused: ${held.map(heldText).join(', ')}`] : []),
    ...(counted ? unusedText(plugin, counted) : []),
    ...paths.map(({ says, unattended }) => `  ${unattended ? '!' : ' '} ${says}`),
    ...(levers.length > 0 ? ['  Smaller:', ...levers.map(({ says }) => `    ${says}`)] : []),
  ].join('\n');
}

interface Counted {
  /** null: nothing was counted yet. */
  readonly sinceMs: number | null;
  readonly nowMs: number;
}

/** What a plugin may do and did not do of late: what can be taken from it. */
function unusedText({ actions }: BlastPlugin, { sinceMs, nowMs }: Counted): readonly string[] {
  if (sinceMs === null) return ['  used: no call was counted yet'];
  const unused = actions.filter((action) => !usedLately(action, nowMs)).map(({ connector, tool }) => `${connector}.${tool}`);
  const days = Math.floor(Math.min(nowMs - sinceMs, usedWithinMs) / 86_400_000);
  const since = days >= 30 ? 'in 30 days' : `since uses are counted (${new Date(sinceMs).toISOString().slice(0, 10)})`;
  return unused.length > 0 ? [`  granted and not used ${since}: ${unused.join(', ')}`] : [`  everything granted was used ${since}`];
}

function actionText({ connector, tool, effect, unit, call, run, bound, unattended, live }: BlastAction): string {
  const bounded = bound === undefined ? '' : ` (${bound})`;
  return `  ${connector}.${tool} (${effect}): one call ${mostText(call)}, one run ${mostText(run)} ${unit}${bounded}; ${unattended.join('; ')}${live ? `\n    now: ${liveText(live, unit)}` : ''}`;
}

function heldText({ connector, tool, unit, live }: BlastAction): string {
  return `${connector}.${tool}${live ? ` (now: ${liveText(live, unit)})` : ''}`;
}

function liveText({ reach, call, says }: NonNullable<BlastAction['live']>, unit: BlastAction['unit']): string {
  const read = call === undefined ? '' : `, read in call ${call}`;
  return `${reach === undefined ? says : unitText(reach, unit)}${read}`;
}
