import type { BlastUnit, Most } from '../../kernel/blast.ts';
import type { ActionFacts, PluginFacts } from './facts.ts';
import type { Bounded, MeasuredPlugin } from './measure.ts';

const number = new Intl.NumberFormat('en-US');
const verbs: Readonly<Record<string, string>> = {
  write: 'change',
  delete: 'delete',
  send: 'contact',
  pay: 'pay or order for',
  execute: 'run code or change settings over',
  unknown: 'do nobody knows what to',
};
const spans: Readonly<Record<string, string>> = { '1h': 'an hour', '1d': 'a day', '24h': 'a day', '7d': 'a week', '30d': 'a month' };

/** How many in words; never a number where nothing bounds it. */
export function mostText(most: Most): string {
  return most === null ? 'unbounded' : number.format(most);
}

/** An amount at the edge of the computation. */
export function mostOf(amount: number): Most {
  return Number.isFinite(amount) ? amount : null;
}

/** `2,310 people`, `1 record`. */
export function unitText(most: Most, unit: BlastUnit): string {
  if (most === null) return unit;
  return `${number.format(most)} ${most === 1 ? (unit === 'people' ? 'person' : 'record') : unit}`;
}

/** `Unattended, one run of sales-outreach can email at most 200 people a day.` */
export function pluginSays(plugin: PluginFacts, { actions, units }: MeasuredPlugin): string {
  const parts = (['people', 'records'] as const).flatMap((unit) => {
    const { run } = units[unit];
    if (run.most === 0) return [];
    const active = plugin.actions.filter((action) => action.unit === unit && (actions.get(action)?.run.most ?? 0) > 0);
    return [
      runSays(
        verbOf(active),
        run,
        unit,
        active.filter((action) => !Number.isFinite(actions.get(action)?.run.most ?? 0)),
      ),
    ];
  });
  const held = plugin.actions.filter((action) => (actions.get(action)?.run.most ?? 0) === 0).length;
  if (parts.length === 0)
    return plugin.actions.length === 0
      ? `${plugin.plugin} can alter nothing: it only reads.`
      : `Unattended, ${plugin.plugin} can alter nothing: ${held === 1 ? 'the one tool that acts is' : `all ${held} tools that act are`} held or refused.`;
  return `Unattended, one run of ${plugin.plugin} can ${parts.join(', and ')}.`;
}

function runSays(verb: string, run: Bounded, unit: BlastUnit, unbounded: readonly ActionFacts[]): string {
  if (!Number.isFinite(run.most)) {
    const named = unbounded.slice(0, 3).map(({ connector, tool }) => `${connector}.${tool}`);
    const more = unbounded.length > named.length ? ` and ${unbounded.length - named.length} more` : '';
    return `${verb} ${unit} without bound (nothing limits ${named.join(', ')}${more})`;
  }
  const span = run.cap?.counts === unit ? /per (\S+)$/.exec(run.cap.text)?.[1] : undefined;
  const whole = run.cap?.windowMs !== undefined && run.cap.max === run.most;
  return `${verb} at most ${unitText(run.most, unit)}${span !== undefined && whole ? ` ${spans[span] ?? `in ${span}`}` : ''}`;
}

/** What some tools do, in a verb. */
function verbOf(actions: readonly Pick<ActionFacts, 'connector' | 'tool' | 'effect'>[]): string {
  const sends = actions.filter(({ effect }) => effect === 'send');
  if (sends.length > 0 && sends.every(({ connector, tool }) => /e-?mail|(^|[^a-z])mail/i.test(`${connector}.${tool}`))) return 'email';
  const said = [...new Set(actions.map(({ effect }) => verbs[effect] ?? effect))];
  return said.length > 1 ? `${said.slice(0, -1).join(', ')} or ${said.at(-1)}` : (said[0] ?? 'change');
}
