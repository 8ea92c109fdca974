import { describe, expect, test } from 'vitest';
import { goldenCases } from './cases.ts';
import { play } from './play.ts';

const themes = goldenCases();

for (const { theme, cases } of themes) {
  describe(theme, () => {
    for (const golden of cases) test(golden.name, () => play(golden));
  });
}

test('there are at least 60 golden cases, each named once', () => {
  const names = themes.flatMap(({ theme, cases }) => cases.map(({ name }) => `${theme}: ${name}`));
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(new Set(names).size).toBe(names.length);
});
