import type { BlastPluginShown, BlastReportShown } from '@trapkey/contract/api/blast.ts';
import { useNow } from '../../lib/now.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Use } from './use.tsx';
import { countedShortly, othersUsing } from './used.ts';
import { guardOf, mostText } from './words.ts';

const heads = [
  ['Action', 'w-[20%]'],
  ['Effect', 'w-[8%]'],
  ['One call', 'w-[15%]'],
  ['One run', 'w-[15%]'],
  ['Used', 'w-[18%]'],
  ['What stands in the way', ''],
] as const;

/** Each plugin with what it can alter, action by action. */
export function PluginTable({
  plugins,
  report,
}: {
  readonly plugins: readonly BlastPluginShown[];
  readonly report: Pick<BlastReportShown, 'plugins' | 'counted_since_ms'>;
}) {
  const now = useNow();
  const shortly = countedShortly(report.counted_since_ms, now);
  return plugins.map((one) => (
    <Card
      key={one.plugin}
      title={one.release}
      says={one.says}
      actions={one.over && <StateChip state="failed" says="Over the limit of policy" />}
      flush
    >
      <dl className="grid grid-cols-3 border-y border-line text-sm">
        {(['action', 'run', 'day'] as const).map((span) => (
          <div key={span} className="border-line px-4 py-2.5 not-first:border-l">
            <dt className="text-xs text-faint">{span === 'action' ? 'One action' : span === 'run' ? 'One run' : 'Everybody, one day'}</dt>
            <dd className="font-medium">
              {mostText(one[span].people)} people, {mostText(one[span].records)} records
            </dd>
          </div>
        ))}
      </dl>
      <ScrollBox label={`Actions of ${one.plugin}`}>
        <table className="w-full min-w-4xl table-fixed text-left text-sm">
          <caption className="sr-only">What {one.plugin} can alter</caption>
          <thead className="text-xs text-faint">
            <tr>
              {heads.map(([head, width]) => (
                <th key={head} className={`px-4 py-2 font-medium ${width}`}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {one.actions.map((action) => (
              <tr key={`${action.connector}.${action.tool}`} className="border-t border-line align-top">
                <td className="px-4 py-2 font-medium whitespace-nowrap">
                  {action.connector}.{action.tool}
                </td>
                <td className="px-4 py-2">{action.effect}</td>
                <td className="px-4 py-2 whitespace-nowrap">
                  {mostText(action.call)} {action.unit}
                  {action.live?.reach !== undefined && <span className="text-faint"> ({action.live.reach} counted now)</span>}
                </td>
                <td className="px-4 py-2 whitespace-nowrap">
                  {mostText(action.run)} {action.unit}
                </td>
                <td className="px-4 py-2">
                  <Use action={action} others={othersUsing(report.plugins, one.plugin, action, now)} shortly={shortly} />
                </td>
                <td className="px-4 py-2 text-soft">
                  {guardOf(action)}
                  {action.bound !== undefined && `; bounded by ${action.bound}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {one.paths.length > 0 && (
        <ul className="space-y-1 border-t border-line px-4 py-3 text-sm">
          {one.paths.map((path) => (
            <li key={path.says} className="flex items-center gap-2">
              <StateChip state={path.unattended ? 'failed' : 'hold'} says={path.unattended ? 'No person' : 'A person'} />
              {path.says}
            </li>
          ))}
        </ul>
      )}
    </Card>
  ));
}
