import { type DataRules, foundClasses, type ScreenAct } from '../../../kernel/data.ts';
import type { DetectorName } from '../../../kernel/detectors.ts';
import { detectors } from '../../../kernel/detectors.ts';
import { type Finder, finderFor } from '../detect/find.ts';

/** What the agents of a plugin may not be shown, and may not carry away. */
export interface Seeing {
  readonly mayNotSee?: readonly string[];
  readonly mayNotLeave?: readonly string[];
}

/** Everything that is looked for in the answers of one connector to one plugin. */
export interface ScreenPlan {
  /** Why a column is kept back, by its key. */
  readonly barred: ReadonlyMap<string, string>;
  readonly columns: DataRules['columns'];
  readonly own: DataRules['own'];
  readonly rowsMax: number | undefined;
  readonly finder: Finder | undefined;
  /** What becomes of a find; undefined: it is only noted. */
  act(name: DetectorName): ScreenAct | undefined;
}

const none: DataRules = {
  classes: [],
  columns: new Map(),
  denied: new Set(),
  rowsMax: undefined,
  screen: new Map(),
  region: undefined,
  regions: [],
  own: undefined,
  canaries: [],
};

const plans = new WeakMap<object, WeakMap<object, ScreenPlan | 'nothing'>>();

/** Made once for each pair; undefined where there is nothing to look for. */
export function planFor(data: DataRules | undefined, seeing: Seeing): ScreenPlan | undefined {
  const rules = data ?? none;
  const ofPlugin = plans.get(rules) ?? new WeakMap<object, ScreenPlan | 'nothing'>();
  plans.set(rules, ofPlugin);
  const plan = ofPlugin.get(seeing) ?? planOf(rules, seeing) ?? 'nothing';
  ofPlugin.set(seeing, plan);
  return plan === 'nothing' ? undefined : plan;
}

function planOf(rules: DataRules, { mayNotSee = [], mayNotLeave = [] }: Seeing): ScreenPlan | undefined {
  const barred = new Map<string, string>();
  for (const [column, classes] of rules.columns) {
    const of = classes.find((name) => mayNotSee.includes(name));
    if (of !== undefined) barred.set(column, of);
  }
  for (const column of rules.denied) barred.set(column, 'denied');
  const looks = (name: string) => (foundClasses as readonly string[]).includes(name);
  const hidden = new Set([...rules.screen.keys(), ...mayNotSee.filter(looks)]);
  const finder = finderFor([...hidden, ...mayNotLeave.filter(looks)]);
  if (barred.size === 0 && rules.columns.size === 0 && !rules.own && rules.rowsMax === undefined && !finder) return undefined;
  return {
    barred,
    columns: rules.columns,
    own: rules.own,
    rowsMax: rules.rowsMax,
    finder,
    act(name) {
      const names: readonly string[] = [name, ...detectors[name]];
      if (names.some((one) => rules.screen.get(one) === 'withhold')) return 'withhold';
      return names.some((one) => hidden.has(one)) ? 'mask' : undefined;
    },
  };
}
