import type { Effect } from '@trapkey/contract/codes.ts';
import type { Call } from '../../kernel/call.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import type { Covered } from '../../kernel/covered.ts';
import type { Subject } from '../../kernel/facts.ts';
import type { LimitReader } from '../../kernel/limits.ts';
import { effectOf, rulesOf } from '../../kernel/operation.ts';
import type { StopReader, StopSnapshot, StopView } from '../../kernel/readers.ts';
import type { FreezeRule, ToolRules } from '../../kernel/rules.ts';
import { stage } from '../../kernel/stage.ts';
import { takesBack } from '../../kernel/takes-back.ts';
import { scopeWords } from './covers.ts';
import { openBreaker } from './limits/open.ts';
import { limitStopper } from './limits/parts.ts';
import { within } from './limits/within.ts';
import { coveringIn } from './stops/index.ts';

/** No stop and no change freeze covers the call. Always enforced; a switch that cannot be read is on. */
export function contain(stops: StopReader, limits?: LimitReader) {
  return stage({
    name: 'contain',
    needs: ['call', 'subject'],
    gives: 'clear',
    run: ({ call, subject }, moment) => {
      const { organization, atMs } = moment;
      const snapshot = stops.current();
      const owner = organization.owner;
      if (snapshot.unreadable) {
        const says = 'The stops cannot be read, so everything counts as stopped until they can';
        return { ruling: { verdict: 'deny', code: 'stopped', rule: 'stops/unreadable', says, owner } };
      }
      const effect = effectOf(subject.connector, call);
      const stop = barring(snapshot, call, subject, effect);
      const breaker = openBreaker({ call, subject, reads: effect === 'read' }, moment, limits);
      // The stop of a breaker speaks in the words of its limit.
      if (stop && !(breaker && stop.by.startsWith(limitStopper))) {
        return { ruling: { verdict: 'deny', code: 'stopped', rule: `stop/${stop.id}`, says: stopSays(stop), detail: stop.reason, owner } };
      }
      const freeze = organization.freeze.find((candidate) => inForce(candidate, atMs) && barsEffect(candidate, effect));
      if (freeze) {
        const says = `A change freeze is in force until ${rfc3339(freeze.toMs)}; ${effect ?? 'an unclassified tool'} waits until then`;
        return { ruling: { verdict: 'deny', code: 'frozen', rule: freeze.id, says, owner } };
      }
      if (breaker) return { ruling: breaker.ruling };
      // Stops and releases are read side by side: what is older of the two is what the call is decided under.
      return { pass: { generation: Math.min(snapshot.generation, moment.releasesAsOf ?? snapshot.generation) } };
    },
  });
}

/** What it counts for fits under every limit, as far as that is known before it is taken. */
export function fits(limits?: LimitReader) {
  return stage({
    name: 'contain',
    needs: ['call', 'subject', 'clear', 'permitted', 'tiered'],
    gives: 'within',
    run: (facts, moment) => within(facts, moment, limits),
  });
}

/** The stop that covers it itself, or what its own probes would read through. */
function barring(snapshot: StopSnapshot, call: Call, subject: Subject, effect: Effect | undefined): StopView | undefined {
  if (snapshot.stops.length === 0) return undefined;
  const who = whoOf(call, subject);
  const { connector } = subject;
  const own = coveringIn(snapshot, { ...who, connector: connector.id, connection: connector.connection, tool: call.name, effect });
  if (own) return own;
  const rules = rulesOf(connector, call);
  for (const probe of rules ? probed(rules) : []) {
    const found = coveringIn(snapshot, { ...who, ...probe, effect: 'read' });
    if (found) return found;
  }
  return undefined;
}

function whoOf(call: Call, subject: Subject): Omit<Covered, 'connector' | 'effect'> {
  const who = { run: subject.run.id, person: subject.person, atMs: call.atMs };
  // A stop on what did the harm does not bar whoever repairs it.
  if (takesBack(call)) return who;
  return {
    ...who,
    plugin: subject.plugin.id,
    release: `${subject.plugin.id}@${subject.plugin.version}`,
    agent: call.where?.agent.value,
    parent: call.where?.parent.value,
  };
}

function probed(rules: ToolRules): readonly Pick<Covered, 'connector' | 'tool'>[] {
  return [rules.reach, rules.recipients].flatMap((rule) =>
    rule && 'connector' in rule ? [{ connector: rule.connector, tool: rule.tool }] : [],
  );
}

/** Whether lists leave a tool out: nobody could call it now. What is frozen still reads. */
export function hidden(stops: StopReader, subject: Subject, tool: string, effect: Effect | undefined, atMs: number): boolean {
  const snapshot = stops.current();
  if (snapshot.unreadable) return true;
  if (snapshot.stops.length === 0) return false;
  const { plugin, connector } = subject;
  const about = { plugin: plugin.id, release: `${plugin.id}@${plugin.version}`, person: subject.person, run: subject.run.id, atMs };
  return coveringIn(snapshot, { ...about, connector: connector.id, connection: connector.connection, tool, effect }) !== undefined;
}

function stopSays(stop: StopView): string {
  const { scope } = stop;
  if (scope.kind === 'run')
    return stop.mode === 'full' ? 'A person stopped this run' : 'A person froze this run: reading goes on, nothing else does';
  const what = scopeWords(scope);
  return stop.mode === 'full' ? `${what} is stopped` : `${what} is frozen: reading goes on, nothing else does`;
}

function inForce(freeze: FreezeRule, atMs: number): boolean {
  return freeze.fromMs <= atMs && atMs < freeze.toMs;
}

function barsEffect(freeze: FreezeRule, effect: Effect | undefined): boolean {
  return effect === undefined ? freeze.bars.length > 0 : freeze.bars.includes(effect);
}
