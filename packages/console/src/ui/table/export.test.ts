import { expect, it } from 'vitest';
import type { Column } from './columns.ts';
import { csvOf } from './export.ts';

const columns: readonly Column<{ readonly what: string; readonly size: number }>[] = [
  { id: 'what', header: 'What', cell: () => null, sortBy: ({ what }) => what },
  { id: 'size', header: 'Size', cell: () => null, text: ({ size }) => size },
  { id: 'picture', header: 'Picture', cell: () => null },
];

it('writes what has a value, quoted where it must be, and nothing that a spreadsheet would run', () => {
  const rows = [
    { what: '=HYPERLINK("http://evil.example")', size: -3 },
    { what: 'a, "b"\nc', size: 2_310 },
    { what: '@SUM(A1)', size: 0 },
  ];
  expect(csvOf(rows, columns)).toBe(
    ['What,Size', '"\'=HYPERLINK(""http://evil.example"")",-3', '"a, ""b""\nc",2310', "'@SUM(A1),0"].join('\r\n'),
  );
});
