import type { ProbeAnswer } from '../kernel/facts.ts';
import type { Probe } from '../kernel/stage.ts';
import type { Frame } from './frame.ts';

/** Asks a checker; one that is not there, or does not answer in time, has not agreed. */
export async function askChecker(frame: Frame, probe: Extract<Probe, { kind: 'checker' }>): Promise<ProbeAnswer> {
  const checker = frame.checkers.get(probe.checker);
  if (!checker) return { ok: false, says: `checker ${probe.checker} is not installed` };
  try {
    return { ok: true, value: await checker.check(probe.question, AbortSignal.timeout(checker.timeoutMs)) };
  } catch {
    return { ok: false, says: `checker ${probe.checker} did not answer` };
  }
}
