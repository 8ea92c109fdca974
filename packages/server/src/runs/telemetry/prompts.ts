import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import type { Recorder, Sealed } from '../../kernel/recorder.ts';
import type { RunReport } from '../../kernel/runs.ts';
import type { Prompt } from './store.ts';

const charactersMax = 65_536;

/** Prompts ready to be written: their texts for the vault, their digests for the record. */
export interface PromptRows {
  readonly rows: readonly Prompt[];
  readonly sealed: readonly Sealed[];
}

/** Seals the prompts among reports, each once. */
export function promptRows(recorder: Pick<Recorder, 'seal'>, reports: readonly RunReport[]): PromptRows {
  const rows = new Map<string, Prompt>();
  const sealed: Sealed[] = [];
  for (const report of reports) {
    if (report.kind !== 'prompt' || report.text === undefined || rows.has(`${report.session}\n${report.prompt}`)) continue;
    const one = recorder.seal(`session:${report.session}`, { prompt: report.text.slice(0, charactersMax) });
    sealed.push(one);
    const { person, session, prompt, atMs } = report;
    rows.set(`${session}\n${prompt}`, { person, session, prompt, digest: one.digest, at_ms: atMs });
  }
  return { rows: [...rows.values()], sealed };
}

/** What the record says of a prompt: who, in which session, and the digest of its text. */
export function promptEntry(row: Prompt, by: 'hook' | 'telemetry'): EntryFields {
  return {
    timestamp: rfc3339(row.at_ms),
    kind: 'attributed',
    on_behalf_of: row.person,
    action: 'prompt',
    session: row.session,
    instructions: { prompt: row.digest },
    assurance: { on_behalf_of: 'proved', session: 'claimed', 'instructions.prompt': by === 'hook' ? 'joined' : 'claimed' },
  };
}
