/** Pictures of every screen for the README, from a real gateway with real activity: `npm run screenshots [screen …]`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, settled } from './browser.ts';
import { openConsoleHouse } from './house.ts';
import { pictures } from './pictures.ts';
import { seed } from './seed.ts';

const folder = join(import.meta.dirname, '../../docs/screens');
const wanted = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const house = await openConsoleHouse();
const browsing = await openBrowser(house);
try {
  const seeded = await seed(house);
  for (const { name, path, person, roles, prepare, width = 1440, height = 900, before } of pictures) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await before?.(house);
    const page = await browsing.open(path(seeded), { person, roles, viewport: { width, height }, reducedMotion: 'reduce' });
    await prepare?.(page);
    await settled(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), animations: 'disabled' });
    }
    await page.context().close();
    console.log(`docs/screens/${name}-{light,dark}.png`);
  }
} finally {
  await browsing.close();
  await house.close();
}
for (const problem of browsing.wrong) console.error(problem);
process.exitCode = browsing.wrong.length === 0 ? 0 : 1;
