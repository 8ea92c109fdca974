import type { Effect } from '@trapkey/contract/codes.ts';
import type { Call } from '../../kernel/call.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import type { Subject } from '../../kernel/facts.ts';
import { effectOf, rulesOf } from '../../kernel/operation.ts';
import type { StopReader, StopView } from '../../kernel/readers.ts';
import type { FreezeRule, ToolRules } from '../../kernel/rules.ts';
import { stage } from '../../kernel/stage.ts';
import { covers } from './covers.ts';

/** No stop and no change freeze covers the call. Always enforced; a switch that cannot be read is on. */
export function contain(stops: StopReader) {
  return stage({
    name: 'contain',
    needs: ['call', 'subject'],
    gives: 'clear',
    run: ({ call, subject }, { organization, atMs }) => {
      const snapshot = stops.current();
      const owner = organization.owner;
      if (snapshot.unreadable) {
        const says = 'The stops cannot be read, so everything counts as stopped until they can';
        return { ruling: { verdict: 'deny', code: 'stopped', rule: 'stops/unreadable', says, owner } };
      }
      const effect = effectOf(subject.connector, call);
      const stop = snapshot.stops.find((candidate) => bars(candidate, call, subject, effect));
      if (stop) {
        return { ruling: { verdict: 'deny', code: 'stopped', rule: `stop/${stop.id}`, says: stopSays(stop), detail: stop.reason, owner } };
      }
      const freeze = organization.freeze.find((candidate) => inForce(candidate, atMs) && barsEffect(candidate, effect));
      if (freeze) {
        const says = `A change freeze is in force until ${rfc3339(freeze.toMs)}; ${effect ?? 'an unclassified tool'} waits until then`;
        return { ruling: { verdict: 'deny', code: 'frozen', rule: freeze.id, says, owner } };
      }
      return { pass: { generation: snapshot.generation } };
    },
  });
}

/** Covered itself, or by a full stop on what its own probes would read through. */
function bars(stop: StopView, call: Call, subject: Subject, effect: Effect | undefined): boolean {
  const who = {
    run: subject.run.id,
    person: subject.person,
    release: `${subject.plugin.id}@${subject.plugin.version}`,
    atMs: call.atMs,
  };
  if (covers(stop, { ...who, connector: subject.connector.id, effect })) return true;
  const rules = rulesOf(subject.connector, call);
  return rules !== undefined && probed(rules).some((connector) => covers(stop, { ...who, connector, effect: 'read' }));
}

function probed(rules: ToolRules): readonly string[] {
  return [rules.reach, rules.recipients].flatMap((rule) => (rule && 'connector' in rule ? [rule.connector] : []));
}

function stopSays(stop: StopView): string {
  const { scope } = stop;
  if (scope.kind === 'run')
    return stop.mode === 'full' ? 'A person stopped this run' : 'A person froze this run: reading goes on, nothing else does';
  const what = scope.kind === 'everything' ? 'Everything' : `The connector ${scope.id}`;
  return stop.mode === 'full' ? `${what} is stopped` : `${what} is frozen: reading goes on, nothing else does`;
}

function inForce(freeze: FreezeRule, atMs: number): boolean {
  return freeze.fromMs <= atMs && atMs < freeze.toMs;
}

function barsEffect(freeze: FreezeRule, effect: Effect | undefined): boolean {
  return effect === undefined ? freeze.bars.length > 0 : freeze.bars.includes(effect);
}
